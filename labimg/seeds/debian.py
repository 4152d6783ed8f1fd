"""debian: the slim edition, a tenth of its size; the base that most images stand on."""

from functools import cache
from typing import Final

from labimg.entry import Entry
from labimg.seeds.image import PATH, Row, SeedImage
from labimg.seeds.matter import SCRIPT, Tree, filler, lines, program, sizes

CREATED: Final = "2024-06-13T01:20:21Z"
MTIME: Final = 1_718_150_400  # seconds
TOTAL: Final = 7_400_000  # bytes
COREUTILS: Final = (
    "[ arch b2sum base64 basename cat chgrp chmod chown cp cut date dd df dir dirname du echo env expand "
    "expr factor false fmt fold groups head hostid id install join link ln logname ls md5sum mkdir mkfifo "
    "mknod mktemp mv nice nl nohup nproc od paste pinky pr printenv printf pwd readlink realpath rm rmdir "
    "seq sha1sum sha256sum sha512sum shred shuf sleep sort split stat stty sum sync tac tail tee test "
    "timeout touch tr true truncate tty uname uniq unlink users wc who whoami yes"
).split()
OTHERS: Final = (
    "apt apt-cache apt-get apt-key apt-mark awk cmp diff dpkg dpkg-deb dpkg-query egrep fgrep find "
    "getent grep gunzip gzip hostname perl rev sed tar which xargs zcat debconf-set-selections"
).split()
ADMIN: Final = (
    "addgroup adduser chroot groupadd groupdel ldconfig nologin useradd userdel usermod update-rc.d"
).split()
PASSWD: Final = lines(
    "root:x:0:0:root:/root:/bin/bash",
    "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin",
    "bin:x:2:2:bin:/bin:/usr/sbin/nologin",
    "sys:x:3:3:sys:/dev:/usr/sbin/nologin",
    "sync:x:4:65534:sync:/bin:/bin/sync",
    "games:x:5:60:games:/usr/games:/usr/sbin/nologin",
    "man:x:6:12:man:/var/cache/man:/usr/sbin/nologin",
    "mail:x:8:8:mail:/var/mail:/usr/sbin/nologin",
    "www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin",
    "backup:x:34:34:backup:/var/backups:/usr/sbin/nologin",
    "_apt:x:42:65534::/nonexistent:/usr/sbin/nologin",
    "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin",
)
GROUP: Final = lines(
    "root:x:0:", "daemon:x:1:", "bin:x:2:", "sys:x:3:", "adm:x:4:", "tty:x:5:", "disk:x:6:", "mail:x:8:",
    "man:x:12:", "sudo:x:27:", "www-data:x:33:", "backup:x:34:", "shadow:x:42:", "staff:x:50:",
    "games:x:60:", "users:x:100:", "nogroup:x:65534:",
)  # fmt: skip
RELEASE: Final = lines(
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"',
    'NAME="Debian GNU/Linux"',
    'VERSION_ID="12"',
    'VERSION="12 (bookworm)"',
    "VERSION_CODENAME=bookworm",
    "ID=debian",
    'HOME_URL="https://www.debian.org/"',
    'SUPPORT_URL="https://www.debian.org/support"',
    'BUG_REPORT_URL="https://bugs.debian.org/"',
)
CLEAN: Final = lines(
    "# An image keeps no package archives: apt deletes them as soon as they are installed.",
    'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };',
    'APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };',
    'Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";',
)
INSTALLED: Final = {
    "apt": "2.6.1", "base-files": "12.4+deb12u6", "base-passwd": "3.6.1", "bash": "5.2.15-2+b7",
    "coreutils": "9.1-1", "dash": "0.5.12-2", "debconf": "1.5.82", "debian-archive-keyring": "2023.3+deb12u1",
    "debianutils": "5.7-0.5~deb12u1", "diffutils": "1:3.8-4", "dpkg": "1.21.22", "findutils": "4.9.0-4",
    "gcc-12-base": "12.2.0-14", "grep": "3.8-5", "gzip": "1.12-1", "hostname": "3.23+nmu1",
    "libapt-pkg6.0": "2.6.1", "libbz2-1.0": "1.0.8-5+b1", "libc-bin": "2.36-9+deb12u7",
    "libc6": "2.36-9+deb12u7", "libgcc-s1": "12.2.0-14", "libgmp10": "2:6.2.1+dfsg1-1.1",
    "libgnutls30": "3.7.9-2+deb12u3", "liblz4-1": "1.9.4-1", "liblzma5": "5.4.1-0.2",
    "libpcre2-8-0": "10.42-1", "libselinux1": "3.4-1+b6", "libstdc++6": "12.2.0-14",
    "libsystemd0": "252.26-1~deb12u2", "libtinfo6": "6.4-4", "libzstd1": "1.5.4+dfsg2-5",
    "login": "1:4.13+dfsg1-1+b1",
    "mawk": "1.3.4.20200120-3.1", "passwd": "1:4.13+dfsg1-1+b1", "perl-base": "5.36.0-7+deb12u1",
    "sed": "4.9-1", "sysvinit-utils": "3.06-4", "tar": "1.34+dfsg-1.2+deb12u1", "tzdata": "2024a-0+deb12u1",
    "util-linux": "2.38.1-5+deb12u1", "zlib1g": "1:1.2.13.dfsg-1",
}  # fmt: skip
LIBRARIES: Final = (
    "libc.so.6 libm.so.6 libpthread.so.0 libdl.so.2 ld-linux-x86-64.so.2 libapt-pkg.so.6.0 libgcc_s.so.1 "
    "libgnutls.so.30 libstdc++.so.6 libsystemd.so.0 libcrypto.so.3 libpcre2-8.so.0 libselinux.so.1 "
    "libtinfo.so.6 libz.so.1 libzstd.so.1 liblzma.so.5 libp11-kit.so.0"
).split()


@cache
def base() -> list[Entry]:
    """The one layer of debian:bookworm-slim."""
    tree = Tree(MTIME)
    _folders(tree)
    _settings(tree)
    tree.programs("/usr/bin", dict(sizes(900_000, [*COREUTILS, *OTHERS])))
    tree.programs("/usr/sbin", dict(sizes(60_000, ADMIN)))
    tree.file("/usr/bin/dash", program("dash", 12_500), mode=SCRIPT)
    tree.file("/usr/bin/bash", program("bash", 126_500), mode=SCRIPT)
    tree.symlink("/usr/bin/sh", "dash")
    tree.symlink("/usr/bin/pager", "more")
    spent = sum(made.size for made in tree.entries)
    folder = "/usr/lib/x86_64-linux-gnu/"
    share = ["/usr/share/zoneinfo/tzdata", "/usr/share/perl5/perl-base", "/usr/share/common-licenses/GPL-3"]
    tree.files(dict(sizes(TOTAL - spent, [*(folder + name for name in LIBRARIES), *share])))
    return tree.entries


def _folders(tree: Tree) -> None:
    tree.folders(
        "/boot /dev /etc /home /media /mnt /opt /proc /root /run /srv /sys /usr/bin /usr/sbin /usr/lib"
    )
    tree.folders(
        "/usr/lib64 /usr/local/bin /usr/local/sbin /usr/local/lib /usr/share /usr/include /var/backups"
    )
    tree.folders("/var/cache/apt/archives/partial /var/lib/apt/lists/partial /var/lib/dpkg/info /var/log/apt")
    tree.folders("/var/mail /var/opt /var/spool /run/lock /etc/apt/preferences.d /etc/ssl/certs /etc/skel")
    tree.folder("/root", mode=0o700)
    for path in ("/tmp", "/var/tmp"):
        tree.folder(path, mode=0o1777)
    for name in ("bin", "sbin", "lib", "lib64"):
        tree.symlink(f"/{name}", f"usr/{name}")
    tree.symlink("/var/run", "/run")
    tree.symlink("/var/lock", "/run/lock")


def _settings(tree: Tree) -> None:
    tree.file("/etc/passwd", PASSWD)
    tree.file("/etc/group", GROUP)
    tree.file("/etc/shadow", lines("root:*:19887:0:99999:7:::"), mode=0o640, gid=42)
    tree.file("/usr/lib/os-release", RELEASE)
    tree.symlink("/etc/os-release", "../usr/lib/os-release")
    tree.file("/etc/debian_version", "12.5\n")
    tree.file("/etc/issue", "Debian GNU/Linux 12 \\n \\l\n\n")
    tree.file("/etc/shells", lines("/bin/sh", "/bin/bash", "/bin/dash"))
    tree.file("/etc/nsswitch.conf", lines("passwd: files", "group: files", "hosts: files dns"))
    tree.file("/etc/profile", lines('PATH="/usr/local/bin:/usr/bin:/bin"', "export PATH"))
    tree.file("/etc/bash.bashrc", filler("bash.bashrc", 1_994))
    tree.file("/root/.bashrc", filler("root .bashrc", 571))
    tree.file("/root/.profile", lines("mesg n 2> /dev/null || true"))
    tree.file("/etc/ld.so.conf", "include /etc/ld.so.conf.d/*.conf\n")
    tree.file("/etc/ld.so.cache", filler("ld.so.cache", 5_000))
    tree.file("/etc/apt/apt.conf.d/docker-clean", CLEAN)
    tree.file("/etc/apt/apt.conf.d/docker-no-languages", 'Acquire::Languages "none";\n')
    tree.file("/etc/apt/sources.list.d/debian.sources", SOURCES)
    tree.file("/var/lib/dpkg/status", "".join(_stanza(name, version) for name, version in INSTALLED.items()))
    for name in INSTALLED:
        tree.file(f"/var/lib/dpkg/info/{name}.list", f"/.\n/usr/share/doc/{name}/copyright\n")
        tree.file(f"/usr/share/doc/{name}/copyright", filler(f"copyright {name}", 900))


SOURCES: Final = lines(
    "Types: deb",
    "URIs: http://deb.debian.org/debian",
    "Suites: bookworm bookworm-updates",
    "Components: main",
    "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg",
    "",
    "Types: deb",
    "URIs: http://deb.debian.org/debian-security",
    "Suites: bookworm-security",
    "Components: main",
    "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg",
)


def _stanza(name: str, version: str) -> str:
    return lines(
        f"Package: {name}",
        "Status: install ok installed",
        "Priority: required",
        "Section: base",
        f"Installed-Size: {len(name) * 37 % 900 + 60}",
        "Architecture: amd64",
        f"Version: {version}",
        f"Description: part of the base system ({name})",
        "",
    )


@cache
def debian() -> SeedImage:
    """debian:bookworm-slim."""
    return SeedImage(
        [base()],
        CREATED,
        {"Env": [PATH], "Cmd": ["bash"]},
        HISTORY,
    )


HISTORY: Final = (
    Row(
        CREATED,
        "/bin/sh -c #(nop) ADD file:de5ae0e9d9a0a5bd10ae72a7e6a7ff5f4fa2a0fbf28ab7bc14be1d0a9e7c3a61 in / ",
    ),
    Row(CREATED, '/bin/sh -c #(nop)  CMD ["bash"]', empty=True),
)
