"""What apt finds in Debian's repository."""

from functools import cache
from typing import Final

from labimg.seeds.matter import lines
from labimg.seeds.packages import Package, Repository, by_name, library

MIRROR: Final = "http://deb.debian.org/debian"
SECURITY: Final = "http://deb.debian.org/debian-security"
# Each index apt fetches: what it is called, the bytes of it on the way, the bytes it takes on disk.
INDEXES: Final = (
    (f"{MIRROR} bookworm InRelease", 15_100, 15_100),
    (f"{MIRROR} bookworm-updates InRelease", 5_540, 5_540),
    (f"{SECURITY} bookworm-security InRelease", 4_800, 4_800),
    (f"{MIRROR} bookworm/main amd64 Packages", 878_000, 1_830_000),
    (f"{MIRROR} bookworm-updates/main amd64 Packages", 1_380, 2_460),
    (f"{SECURITY} bookworm-security/main amd64 Packages", 16_300, 42_100),
)
PAGE: Final = lines(
    "<!DOCTYPE html>",
    "<html>",
    "<head><title>Welcome to nginx!</title></head>",
    "<body>",
    "<h1>Welcome to nginx!</h1>",
    "<p>The web server is installed and working.</p>",
    "</body>",
    "</html>",
)
SETTINGS: Final = lines(
    "user www-data;",
    "worker_processes auto;",
    "pid /run/nginx.pid;",
    "events { worker_connections 768; }",
    "http {",
    "    include /etc/nginx/mime.types;",
    "    access_log /var/log/nginx/access.log;",
    "    error_log /var/log/nginx/error.log;",
    "    include /etc/nginx/conf.d/*.conf;",
    "    include /etc/nginx/sites-enabled/*;",
    "}",
)
SITE: Final = lines("server {", "    listen 80 default_server;", "    root /var/www/html;", "}")


def _web() -> list[Package]:
    return [
        Package(
            "nginx-common",
            "1.22.1-9",
            architecture="all",
            texts={
                "/etc/nginx/nginx.conf": SETTINGS,
                "/etc/nginx/mime.types": "types { text/html html; text/css css; }\n",
                "/etc/nginx/sites-available/default": SITE,
                "/usr/share/nginx/html/index.html": PAGE,
                "/var/www/html/index.nginx-debian.html": PAGE,
            },
            links={"/etc/nginx/sites-enabled/default": "/etc/nginx/sites-available/default"},
            sizes={"/usr/share/doc/nginx-common/changelog.gz": 9_000},
            folders=("/var/log/nginx", "/etc/nginx/conf.d", "/var/lib/nginx"),
        ),
        library("iproute2", "6.1.0-3", 91_000),
        Package(
            "nginx",
            "1.22.1-9",
            ("nginx-common", "iproute2", "libssl3"),
            programs={"/usr/sbin/nginx": 118_000},
        ),
        library("libssl3", "3.0.13-1~deb12u1", 603_000),
        Package("openssl", "3.0.13-1~deb12u1", ("libssl3",), programs={"/usr/bin/openssl": 228_000}),
        Package(
            "ca-certificates",
            "20230311",
            ("openssl",),
            architecture="all",
            programs={"/usr/sbin/update-ca-certificates": 1_900},
            sizes={
                "/etc/ssl/certs/ca-certificates.crt": 21_900,
                "/usr/share/ca-certificates/mozilla/all.crt": 17_000,
            },
        ),
        library("libbrotli1", "1.0.9-2+b6", 78_000),
        library("libnghttp2-14", "1.52.0-1+deb12u1", 23_000),
        library("librtmp1", "2.4+20151223.gitfa8646d.1-2+b2", 14_000),
        library("libssh2-1", "1.10.0-3+b1", 36_000),
        library("libldap-2.5-0", "2.5.13+dfsg-5", 53_000),
        library(
            "libcurl4",
            "7.88.1-10+deb12u5",
            84_000,
            ("libbrotli1", "libldap-2.5-0", "libnghttp2-14", "librtmp1", "libssh2-1", "libssl3"),
        ),
        library("libcurl3-gnutls", "7.88.1-10+deb12u5", 82_000, ("libbrotli1", "libnghttp2-14", "libssh2-1")),
        Package("curl", "7.88.1-10+deb12u5", ("libcurl4",), ("ca-certificates",), {"/usr/bin/curl": 50_000}),
        Package("wget", "1.21.3-1+b2", ("libssl3",), ("ca-certificates",), {"/usr/bin/wget": 98_000}),
    ]


def _tools() -> list[Package]:
    return [
        library("libgpm2", "1.20.7-10+b1", 4_000),
        Package(
            "vim-common",
            "2:9.0.1378-2",
            architecture="all",
            sizes={"/etc/vim/vimrc": 2_400, "/usr/share/vim/help": 9_000},
        ),
        Package(
            "vim-runtime",
            "2:9.0.1378-2",
            architecture="all",
            sizes={"/usr/share/vim/vim90/runtime": 3_390_000},
        ),
        Package(
            "vim", "2:9.0.1378-2", ("libgpm2", "vim-common", "vim-runtime"), programs={"/usr/bin/vi": 373_000}
        ),
        Package("nano", "7.2-1+deb12u1", programs={"/usr/bin/nano": 66_000}),
        Package("less", "590-2.1~deb12u2", programs={"/usr/bin/less": 28_000}),
        Package(
            "procps",
            "2:4.0.2-3",
            ("libproc2-0",),
            programs={"/usr/bin/ps": 14_000, "/usr/bin/top": 12_000, "/usr/bin/free": 4_000},
        ),
        library("libproc2-0", "2:4.0.2-3", 12_000),
        Package("iputils-ping", "3:20221126-1", programs={"/usr/bin/ping": 9_000}),
        Package("unzip", "6.0-28", programs={"/usr/bin/unzip": 31_000}),
        Package("jq", "1.6-2.1", programs={"/usr/bin/jq": 16_000}),
        Package("patch", "2.7.6-7", programs={"/usr/bin/patch": 20_000}),
    ]


def _versions() -> list[Package]:
    return [
        library("libexpat1", "2.5.0-1", 37_000),
        Package("perl", "5.36.0-7+deb12u1", sizes={"/usr/share/perl/5.36.0/modules": 1_900_000}),
        Package(
            "git-man", "1:2.39.2-1.1", architecture="all", sizes={"/usr/share/man/man1/git.1.gz": 210_000}
        ),
        Package(
            "git",
            "1:2.39.2-1.1",
            ("git-man", "libcurl3-gnutls", "libexpat1", "perl"),
            ("ca-certificates", "less", "patch"),
            {"/usr/bin/git": 3_000_000},
            sizes={"/usr/lib/git-core/git-remote-http": 720_000},
        ),
    ]


def _compilers() -> list[Package]:
    return [
        library("binutils", "2.40-2", 1_350_000),
        library("libgcc-12-dev", "12.2.0-14", 1_000_000, folder="/usr/lib/gcc/x86_64-linux-gnu/12"),
        Package("cpp-12", "12.2.0-14", programs={"/usr/bin/cpp": 2_900_000}),
        Package("cpp", "4:12.2.0-3", ("cpp-12",), links={"/usr/bin/cpp-12": "cpp"}),
        Package("linux-libc-dev", "6.1.90-1", sizes={"/usr/include/linux/headers": 760_000}),
        Package(
            "libc6-dev",
            "2.36-9+deb12u7",
            ("linux-libc-dev",),
            sizes={
                "/usr/include/stdio.h": 4_000,
                "/usr/include/stdlib.h": 4_400,
                "/usr/lib/x86_64-linux-gnu/libc.a": 1_280_000,
            },
        ),
        Package(
            "gcc-12",
            "12.2.0-14",
            ("binutils", "cpp-12", "libgcc-12-dev"),
            sizes={"/usr/lib/gcc/cc1": 5_100_000},
        ),
        Package(
            "gcc",
            "4:12.2.0-3",
            ("cpp", "gcc-12"),
            ("libc6-dev",),
            {"/usr/bin/gcc": 98_000},
            links={"/usr/bin/cc": "gcc"},
        ),
        Package("g++", "4:12.2.0-3", ("gcc",), sizes={"/usr/lib/gcc/cc1plus": 2_900_000}),
        Package("make", "4.3-4.1", programs={"/usr/bin/make": 24_000}),
        Package(
            "build-essential",
            "12.9",
            ("gcc", "g++", "libc6-dev", "make"),
            texts={"/usr/share/build-essential/list": "gcc g++ make\n"},
        ),
    ]


def _languages() -> list[Package]:
    return [
        Package("media-types", "10.0.0", architecture="all", sizes={"/etc/mime.types": 7_200}),
        library("libsqlite3-0", "3.40.1-2", 140_000),
        Package("libpython3.11-minimal", "3.11.2-6+deb12u2", sizes={"/usr/lib/python3.11/os.py": 520_000}),
        Package(
            "libpython3.11-stdlib",
            "3.11.2-6+deb12u2",
            ("libpython3.11-minimal", "libsqlite3-0", "media-types"),
            sizes={"/usr/lib/python3.11/stdlib": 790_000},
        ),
        Package(
            "python3.11",
            "3.11.2-6+deb12u2",
            ("libpython3.11-stdlib", "libexpat1"),
            sizes={"/usr/bin/python3.11-body": 690_000},
        ),
        Package("python3", "3.11.2-1+b1", ("python3.11",), programs={"/usr/bin/python3": 1_000}),
        Package(
            "tzdata",
            "2024a-0+deb12u1",
            architecture="all",
            sizes={
                "/usr/share/zoneinfo/Europe/Berlin": 2_300,
                "/usr/share/zoneinfo/Asia/Shanghai": 600,
                "/usr/share/zoneinfo/all": 340_000,
            },
        ),
    ]


@cache
def repository() -> Repository:
    """All packages there are."""
    return by_name([*_web(), *_tools(), *_versions(), *_compilers(), *_languages()])
