"""What apk finds in Alpine's repository."""

from functools import cache
from typing import Final

from labimg.seeds.debs import PAGE
from labimg.seeds.matter import lines
from labimg.seeds.packages import Package, Repository, by_name, library

MIRROR: Final = "https://dl-cdn.alpinelinux.org/alpine/v3.20"
BRANCHES: Final = ("main", "community")
AVAILABLE: Final = 24_174  # packages, as `apk update` counts them
INDEX: Final = {"main": 71_000, "community": 188_000}  # bytes
SETTINGS: Final = lines(
    "user nginx;",
    "worker_processes auto;",
    "error_log /var/log/nginx/error.log warn;",
    "events { worker_connections 1024; }",
    "http {",
    "    include /etc/nginx/mime.types;",
    "    access_log /var/log/nginx/access.log;",
    "    include /etc/nginx/http.d/*.conf;",
    "}",
)
BASE: Final = (
    ("alpine-baselayout", "3.6.5-r0", 9_000), ("alpine-baselayout-data", "3.6.5-r0", 7_000),
    ("alpine-keys", "2.4-r1", 13_000), ("apk-tools", "2.14.4-r0", 32_000), ("busybox", "1.36.1-r28", 81_000),
    ("busybox-binsh", "1.36.1-r28", 500), ("ca-certificates-bundle", "20240226-r0", 22_000),
    ("libcrypto3", "3.3.0-r2", 440_000), ("libssl3", "3.3.0-r2", 76_000), ("musl", "1.2.5-r0", 64_000),
    ("musl-utils", "1.2.5-r0", 15_000), ("scanelf", "1.3.7-r2", 9_000), ("ssl_client", "1.36.1-r28", 3_000),
    ("zlib", "1.3.1-r1", 11_000),
)  # fmt: skip
LIB: Final = "/usr/lib"


@cache
def repository() -> Repository:
    """All packages there are."""
    return by_name([*_web(), *_languages()])


def _web() -> list[Package]:
    return [
        library("pcre2", "10.43-r0", 66_000, folder=LIB),
        Package(
            "nginx",
            "1.26.2-r0",
            ("pcre2",),
            programs={"/usr/sbin/nginx": 120_000},
            texts={
                "/etc/nginx/nginx.conf": SETTINGS,
                "/etc/nginx/mime.types": "types { text/html html; text/css css; }\n",
                "/etc/nginx/http.d/default.conf": "server { listen 80; location / { return 404; } }\n",
                "/var/lib/nginx/html/index.html": PAGE,
            },
            folders=("/var/log/nginx", "/var/lib/nginx/tmp"),
            accounts=("nginx",),
        ),
        library("brotli-libs", "1.1.0-r2", 83_000, folder=LIB),
        library("c-ares", "1.28.1-r0", 20_000, folder=LIB),
        library("libunistring", "1.2-r0", 175_000, folder=LIB),
        library("libidn2", "2.3.7-r0", 19_000, ("libunistring",), folder=LIB),
        library("nghttp2-libs", "1.62.1-r0", 16_000, folder=LIB),
        library("libpsl", "0.21.5-r1", 9_000, ("libidn2",), folder=LIB),
        library("zstd-libs", "1.5.6-r0", 62_000, folder=LIB),
        library(
            "libcurl",
            "8.9.1-r1",
            56_000,
            ("brotli-libs", "c-ares", "libidn2", "nghttp2-libs", "libpsl", "zstd-libs"),
            folder=LIB,
        ),
        Package(
            "ca-certificates",
            "20240705-r0",
            programs={"/usr/sbin/update-ca-certificates": 6_000},
            sizes={"/usr/share/ca-certificates/mozilla/all.crt": 62_000},
        ),
        Package("curl", "8.9.1-r1", ("ca-certificates", "libcurl"), programs={"/usr/bin/curl": 26_000}),
        Package("wget", "1.24.5-r0", ("libidn2", "pcre2"), programs={"/usr/bin/wget": 48_000}),
        Package("openssl", "3.3.1-r3", programs={"/usr/bin/openssl": 78_000}),
        Package(
            "tzdata",
            "2024a-r1",
            sizes={
                "/usr/share/zoneinfo/Europe/Berlin": 2_300,
                "/usr/share/zoneinfo/Asia/Shanghai": 600,
                "/usr/share/zoneinfo/all": 130_000,
            },
        ),
    ]


def _languages() -> list[Package]:
    return [
        library("ncurses-terminfo-base", "6.4_p20240420-r0", 2_100, folder=LIB),
        library("libncursesw", "6.4_p20240420-r0", 29_000, ("ncurses-terminfo-base",), folder=LIB),
        library("readline", "8.2.10-r0", 30_000, ("libncursesw",), folder=LIB),
        Package("bash", "5.2.26-r0", ("readline",), programs={"/bin/bash": 75_000}),
        Package("xxd", "9.1.0414-r0", programs={"/usr/bin/xxd": 2_000}),
        Package("vim-common", "9.1.0414-r0", ("xxd",), sizes={"/usr/share/vim/common": 90_000}),
        Package("vim", "9.1.0414-r0", ("libncursesw", "vim-common"), programs={"/usr/bin/vi": 300_000}),
        library("libexpat", "2.6.2-r0", 12_000, folder=LIB),
        Package("git", "2.45.2-r0", ("libcurl", "libexpat", "pcre2"), programs={"/usr/bin/git": 1_180_000}),
        Package("make", "4.4.1-r2", programs={"/usr/bin/make": 26_000}),
        library("libgcc", "13.2.1_git20240309-r0", 14_000, folder=LIB),
        library("libstdc++", "13.2.1_git20240309-r0", 260_000, ("libgcc",), folder=LIB),
        library("binutils", "2.42-r0", 860_000, folder=LIB),
        Package("musl-dev", "1.2.5-r0", sizes={"/usr/include/stdio.h": 6_000, "/usr/lib/libc.a": 1_090_000}),
        Package(
            "gcc",
            "13.2.1_git20240309-r0",
            ("binutils", "libgcc", "libstdc++"),
            programs={"/usr/bin/gcc": 190_000},
            sizes={"/usr/libexec/gcc/cc1": 13_600_000},
            links={"/usr/bin/cc": "gcc"},
        ),
        Package(
            "build-base",
            "0.5-r3",
            ("binutils", "gcc", "make", "musl-dev"),
            texts={"/usr/share/build-base": "gcc make musl-dev\n"},
        ),
        library("libffi", "3.4.6-r0", 6_000, folder=LIB),
        library("sqlite-libs", "3.45.3-r1", 140_000, folder=LIB),
        Package(
            "python3",
            "3.12.3-r1",
            ("libexpat", "libffi", "readline", "sqlite-libs"),
            programs={"/usr/bin/python3": 1_400},
            sizes={"/usr/lib/python3.12/stdlib": 3_500_000},
        ),
        Package("jq", "1.7.1-r0", programs={"/usr/bin/jq": 34_000}),
        Package("tree", "2.1.1-r0", programs={"/usr/bin/tree": 7_000}),
    ]
