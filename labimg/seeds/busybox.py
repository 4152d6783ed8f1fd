"""busybox: one program of 430 kB under a hundred names, and hardly anything else."""

from functools import cache
from typing import Final

from labimg.seeds.image import PATH, Row, SeedImage
from labimg.seeds.matter import SCRIPT, Tree, lines, program

CREATED: Final = "2024-05-18T00:48:33Z"
MTIME: Final = 1_684_433_313  # seconds
APPLETS: Final = (
    "[ addgroup adduser arch ash awk base64 basename cat chgrp chmod chown clear cmp cp cut date dd df "
    "diff dirname du echo egrep env expr false fgrep find fold free getty grep groups gunzip gzip head "
    "hostname httpd id install kill link ln logname ls md5sum mkdir mkfifo mknod mktemp more mv nl nproc "
    "od paste pgrep pidof printenv printf ps pwd readlink realpath rev rm rmdir sed seq sh sha1sum "
    "sha256sum sha512sum shuf sleep sort split stat strings sync tac tail tar tee test time timeout top "
    "touch tr true truncate tty uname uniq unlink uptime usleep vi watch wc wget which who whoami xargs "
    "yes zcat"
).split()
PASSWD: Final = lines(
    "root:x:0:0:root:/root:/bin/sh",
    "daemon:x:1:1:daemon:/usr/sbin:/bin/false",
    "bin:x:2:2:bin:/bin:/bin/false",
    "sys:x:3:3:sys:/dev:/bin/false",
    "sync:x:4:100:sync:/bin:/bin/sync",
    "mail:x:8:8:mail:/var/spool/mail:/bin/false",
    "www-data:x:33:33:www-data:/var/www:/bin/false",
    "operator:x:37:37:Operator:/var:/bin/false",
    "nobody:x:65534:65534:nobody:/home:/bin/false",
)
GROUP: Final = lines(
    "root:x:0:", "daemon:x:1:", "bin:x:2:", "sys:x:3:", "adm:x:4:", "tty:x:5:", "disk:x:6:", "wheel:x:10:",
    "mail:x:8:", "www-data:x:33:", "operator:x:37:", "users:x:100:", "nobody:x:65534:",
)  # fmt: skip


@cache
def busybox() -> SeedImage:
    """Busybox 1.36, built on the GNU C library."""
    tree = Tree(MTIME)
    tree.folders("/bin /dev /etc /home /root /tmp /usr/sbin /usr/bin /var/spool/mail /var/www")
    tree.folder("/root", mode=0o700)
    tree.folder("/tmp", mode=0o1777)
    tree.file("/bin/[", program("busybox", 400_000), mode=SCRIPT)
    for name in [*APPLETS[1:], "busybox"]:
        tree.link(f"/bin/{name}", "/bin/[")
    tree.symlink("/usr/bin/env", "../../bin/env")
    tree.file("/etc/passwd", PASSWD)
    tree.file("/etc/group", GROUP)
    tree.file("/etc/shadow", lines("root:*:::::::", "daemon:*:::::::", "nobody:*:::::::"), mode=0o640)
    tree.file("/etc/localtime", b"TZif2" + bytes(109))
    tree.file("/etc/nsswitch.conf", lines("passwd: files", "group: files", "hosts: files dns"))
    for name in ("libc.so.6", "libm.so.6", "libresolv.so.2", "ld-linux-x86-64.so.2"):
        tree.files({f"/lib/{name}": 7_000})
    tree.symlink("/lib64", "lib")
    return SeedImage(
        [tree.entries],
        CREATED,
        {"Env": [PATH], "Cmd": ["sh"], "ArgsEscaped": True},
        [Row(CREATED, "BusyBox 1.36.1 (glibc), Debian 12", comment="")],
    )
