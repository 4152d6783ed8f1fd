"""alpine: busybox with a package manager, a tenth of its size."""

from functools import cache
from typing import Final

from labimg.seeds.apks import BASE, MIRROR
from labimg.seeds.image import PATH, Row, SeedImage
from labimg.seeds.matter import SCRIPT, Tree, filler, lines, program

CREATED: Final = "2024-06-20T20:16:58Z"
MTIME: Final = 1_718_914_616  # seconds
TOTAL: Final = 780_000  # bytes
ROOT: Final = "33ebe56b967747a97dcec01bc2559962bee8823686c9739d26be060381bbb3ca"
BIN: Final = (
    "arch ash base64 cat chgrp chmod chown cp date dd df dmesg echo egrep false fgrep getopt grep gunzip "
    "gzip hostname kill link ln ls mkdir mknod mktemp more mount mv nice pidof ping printenv ps pwd rev rm "
    "rmdir "
    "sed sh sleep stat stty sync tar touch true umount uname usleep watch zcat"
).split()
USR_BIN: Final = (
    "[ awk basename clear cmp cut diff dirname du env expr find fold free groups head id install less "
    "md5sum mkfifo nl nohup nproc od paste printf readlink realpath seq sha1sum sha256sum sha512sum shuf "
    "sort split strings tac tail tee test time timeout top tr truncate tty uniq unlink uptime vi wc wget "
    "which who whoami xargs yes"
).split()
SBIN: Final = "addgroup adduser delgroup deluser chroot ldconfig nologin".split()
PASSWD: Final = lines(
    "root:x:0:0:root:/root:/bin/sh",
    "bin:x:1:1:bin:/bin:/sbin/nologin",
    "daemon:x:2:2:daemon:/sbin:/sbin/nologin",
    "mail:x:8:12:mail:/var/mail:/sbin/nologin",
    "ftp:x:21:21::/var/lib/ftp:/sbin/nologin",
    "guest:x:405:100:guest:/dev/null:/sbin/nologin",
    "nobody:x:65534:65534:nobody:/:/sbin/nologin",
)
GROUP: Final = lines(
    "root:x:0:root", "bin:x:1:root,bin,daemon", "daemon:x:2:root,bin,daemon", "sys:x:3:root,bin",
    "adm:x:4:root,daemon", "tty:x:5:", "disk:x:6:root", "wheel:x:10:root", "mail:x:12:mail", "ftp:x:21:",
    "www-data:x:82:", "users:x:100:games", "nogroup:x:65533:", "nobody:x:65534:",
)  # fmt: skip
RELEASE: Final = lines(
    'NAME="Alpine Linux"',
    "ID=alpine",
    "VERSION_ID=3.20.1",
    'PRETTY_NAME="Alpine Linux v3.20"',
    'HOME_URL="https://alpinelinux.org/"',
    'BUG_REPORT_URL="https://gitlab.alpinelinux.org/alpine/aports/-/issues"',
)


def stanza(name: str, version: str, size: int, *, needs: str = "", files: str = "") -> str:
    """One package as `/lib/apk/db/installed` has it."""
    needed = f"D:{needs}\n" if needs else ""
    return f"P:{name}\nV:{version}\nA:x86_64\nS:{size * 4 // 10}\nI:{size}\nT:{name}\n{needed}{files}\n"


@cache
def alpine() -> SeedImage:
    """alpine:3.20."""
    tree = Tree(MTIME)
    tree.folders(
        "/dev /etc /home /media /mnt /opt /proc /run /srv /sys /usr/local/bin /usr/share /var/cache/apk"
    )
    tree.folders("/usr/lib /var/lib /var/log /var/mail /var/spool /etc/apk/keys /lib/apk/db")
    tree.folder("/root", mode=0o700)
    for path in ("/tmp", "/var/tmp"):
        tree.folder(path, mode=0o1777)
    tree.file("/bin/busybox", program("busybox", 80_800), mode=SCRIPT)
    for folder, names in (("/bin", BIN), ("/usr/bin", USR_BIN), ("/sbin", SBIN)):
        for name in names:
            tree.symlink(f"{folder}/{name}", "/bin/busybox")
    tree.programs("/sbin", {"apk": 7_100})
    tree.programs("/usr/bin", {"getent": 4_800})
    tree.symlink("/var/run", "../run")
    tree.file("/etc/passwd", PASSWD)
    tree.file("/etc/group", GROUP)
    tree.file("/etc/shadow", lines("root:*::0:::::", "nobody:!::0:::::"), mode=0o640, gid=42)
    tree.file("/etc/os-release", RELEASE)
    tree.file("/etc/alpine-release", "3.20.1\n")
    tree.file("/etc/shells", lines("/bin/sh", "/bin/ash"))
    tree.file("/etc/motd", "Welcome to Alpine!\n")
    tree.file("/etc/profile", "export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n")
    tree.file("/etc/apk/repositories", lines(f"{MIRROR}/main", f"{MIRROR}/community"))
    tree.file(
        "/etc/apk/world", lines("alpine-baselayout", "alpine-keys", "apk-tools", "busybox", "libc-utils")
    )
    tree.file("/lib/apk/db/installed", "".join(stanza(*package) for package in BASE))
    tree.file("/etc/ssl/certs/ca-certificates.crt", filler("ca-certificates.crt", 21_900))
    spent = sum(made.size for made in tree.entries)
    libraries = {
        "libcrypto.so.3": 60,
        "libssl.so.3": 9,
        "ld-musl-x86_64.so.1": 8,
        "libz.so.1": 2,
        "libapk.so": 4,
    }
    for name, share in libraries.items():
        tree.files({f"/lib/{name}": (TOTAL - spent) * share // 83})
    return SeedImage(
        [tree.entries],
        CREATED,
        {"Env": [PATH], "Cmd": ["/bin/sh"]},
        [
            Row(
                CREATED,
                f"/bin/sh -c #(nop) ADD file:{ROOT} in / ",
            ),
            Row(CREATED, '/bin/sh -c #(nop)  CMD ["/bin/sh"]', empty=True),
        ],
    )
