"""apt, dpkg and apk: what they print, what they leave behind, when they refuse."""

import pytest
from shells import NOW, Ended, run, tree

from labimg.seeds import apks, debs
from labimg.seeds.packages import Package, Repository, closure
from labimg.union.overlay import Overlay

UPDATE = "apt-get update > /dev/null && "


def written(ended: Ended, start: str) -> int:
    """Bytes of the run's files below `start`."""
    return sum(entry.size for entry in ended.mount.changes() if entry.path.startswith(start))


@pytest.mark.parametrize("repository", [debs.repository(), apks.repository()], ids=["deb", "apk"])
def test_a_repository_has_all_that_its_packages_need(repository: Repository) -> None:
    installed = {name for name, _, _ in apks.BASE}
    for package in repository.values():
        for needed in (*package.needs, *package.recommends):
            assert needed in repository or needed in installed


@pytest.mark.parametrize("repository", [debs.repository(), apks.repository()], ids=["deb", "apk"])
def test_no_file_is_of_two_packages(repository: Repository) -> None:
    paths = [path for package in repository.values() for path in package.paths]
    assert len(paths) == len(set(paths))


def test_what_a_package_needs_comes_before_it() -> None:
    order = [package.name for package in closure(["git"], debs.repository(), present=lambda name: False)]
    for package in order:
        for needed in debs.repository()[package].needs:
            assert order.index(needed) < order.index(package)


def test_packages_in_a_circle_are_installed_once() -> None:
    repository = {"a": Package("a", "1", ("b",)), "b": Package("b", "1", ("a",))}
    assert [one.name for one in closure(["a"], repository, present=lambda name: False)] == ["b", "a"]


# apt


def test_twice_quiet_apt_leaves_the_word_to_dpkg_and_needs_no_yes() -> None:
    assert run("debian", "apt-get -qq update").out == ""
    told = run("debian", "apt-get -qq update && apt-get -qq install curl")
    assert told.code == 0 and told.out.startswith("Selecting previously unselected package")
    assert "Setting up curl" in told.out
    for word in ("Reading package", "NEW packages", "Get:", "Fetched", "Need to get", "continue"):
        assert word not in told.out
    assert run("debian", "apt-get -q update").out.startswith("Get:1 ")


def test_without_update_apt_knows_no_package() -> None:
    ended = run("debian", "apt-get install -y nginx")
    assert ended.code == 100
    assert ended.err == "E: Unable to locate package nginx\n"
    assert (
        ended.out == "Reading package lists...\nBuilding dependency tree...\nReading state information...\n"
    )
    assert ended.changed == {}


def test_update_leaves_lists_of_a_telling_size() -> None:
    ended = run("debian", "apt-get update")
    assert ended.out.startswith("Get:1 http://deb.debian.org/debian bookworm InRelease [15.1 kB]\n")
    assert ended.out.endswith("Fetched 921 kB in 1s (921 kB/s)\nReading package lists...\n")
    assert written(ended, "/var/lib/apt/lists/") == pytest.approx(1_900_000, rel=0.02)


def test_install_brings_files_database_and_logs() -> None:
    ended = run("debian", UPDATE + "apt-get install -y --no-install-recommends curl")
    assert ended.code == 0
    for path in ("/usr/bin/curl", "/var/lib/dpkg/status", "/var/lib/dpkg/info/curl.list", "/var/log/dpkg.log",
                 "/var/log/apt/history.log", "/var/lib/apt/extended_states"):  # fmt: skip
        assert path in ended.changed
    assert "/var/cache/apt/archives" not in ended.changed
    assert "The following NEW packages will be installed:\n  curl libbrotli1" in ended.out
    assert "Recommended packages:\n  ca-certificates\n" in ended.out
    assert ended.out.endswith(
        "Setting up curl (7.88.1-10+deb12u5) ...\nProcessing triggers for libc-bin (2.36-9+deb12u7) ...\n"
    )


def test_recommended_packages_come_unless_refused() -> None:
    assert "/usr/sbin/update-ca-certificates" in run("debian", UPDATE + "apt-get install -y curl").changed
    lean = run("debian", UPDATE + "apt-get install -y --no-install-recommends curl")
    assert "/usr/sbin/update-ca-certificates" not in lean.changed


def test_without_docker_clean_the_archives_stay_until_clean() -> None:
    script = "rm /etc/apt/apt.conf.d/docker-clean; " + UPDATE + "apt-get install -y nginx"
    kept = run("debian", script)
    assert "/var/cache/apt/archives/nginx_1.22.1-9_amd64.deb" in kept.changed
    cleaned = run("debian", script + " && apt-get clean")
    assert not any(path.endswith(".deb") for path in cleaned.changed)


def test_without_yes_more_than_asked_for_is_not_installed() -> None:
    ended = run("debian", UPDATE + "apt-get install nginx")
    assert ended.out.endswith("Do you want to continue? [Y/n] Abort.\n")
    assert ended.code == 1
    assert run("debian", UPDATE + "apt-get install make").code == 0


def test_a_second_install_has_nothing_to_do() -> None:
    ended = run("debian", UPDATE + "apt-get install -y make > /dev/null; apt-get install -y make")
    assert "make is already the newest version (4.3-4.1).\n" in ended.out
    assert ended.out.endswith("0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n")


def test_purge_with_autoremove_takes_all_of_it_away() -> None:
    script = UPDATE + "apt-get install -y gcc > /dev/null && apt-get purge -y --auto-remove gcc"
    ended = run("debian", script)
    assert "gcc*" in ended.out
    assert written(ended, "/usr/") == 0
    assert (
        ended.mount.read("/var/lib/dpkg/status")
        == tree("debian")["/var/lib/dpkg/status"].read().rstrip() + b"\n\n"
    )


def test_remove_keeps_settings_and_tells_of_what_is_left() -> None:
    script = (
        UPDATE
        + "apt-get install -y nginx > /dev/null && apt-get remove -y nginx nginx-common; dpkg -l nginx-common"
    )
    ended = run("debian", script)
    assert "no longer required:\n  iproute2 libssl3\nUse 'apt autoremove' to remove them.\n" in ended.out
    assert ended.mount.get("/etc/nginx/nginx.conf") is not None
    assert ended.mount.get("/usr/sbin/nginx") is None
    assert "rc  nginx-common" in ended.out


@pytest.mark.parametrize("action", ["install -y make", "update", "purge -y tar"])
def test_apt_is_for_root(action: str) -> None:
    ended = run("debian", f"apt-get {action}", user="nobody")
    assert ended.code == 100
    assert "(13: Permission denied)" in ended.err
    assert ended.changed == {}


DPKG = [
    ("dpkg -s curl", "dpkg-query: package 'curl' is not installed", 1),
    ("dpkg -S /usr/bin/nosuch", "dpkg-query: no path found matching pattern /usr/bin/nosuch", 1),
]


@pytest.mark.parametrize(("script", "err", "code"), DPKG)
def test_dpkg_refuses_in_its_own_words(script: str, err: str, code: int) -> None:
    ended = run("debian", script)
    assert ended.err.startswith(err)
    assert ended.code == code


def test_dpkg_tells_what_is_installed_and_whose_a_file_is() -> None:
    script = (
        UPDATE
        + "apt-get install -y make > /dev/null; dpkg -S /usr/bin/make; dpkg -L make; dpkg-query -W make"
    )
    assert run("debian", script).out == "make: /usr/bin/make\n/.\n/usr/bin/make\nmake\t4.3-4.1\n"


def test_a_compiler_compiles_the_smallest_programs_and_refuses_the_rest() -> None:
    script = (
        UPDATE + "apt-get install -y gcc > /dev/null 2>&1; cd /w; "
        "printf '#include <stdio.h>\\nint main(void) { puts(\"hi\"); return 3; }\\n' > a.c; "
        "gcc -o a a.c && ./a; echo $?; printf 'int main() { for (;;); }' > b.c; gcc b.c; echo $?"
    )
    ended = run("debian", script)
    assert ended.out == "hi\n3\n1\n"
    assert "teaching compiler" in ended.err


# apk


def test_apk_without_an_index_knows_no_package() -> None:
    ended = run("alpine", "apk add curl")
    assert ended.code == 1
    assert ended.err.endswith(
        "ERROR: unable to select packages:\n  curl (no such package):\n    required by: world[curl]\n"
    )


def test_apk_add_without_cache_leaves_no_index() -> None:
    ended = run("alpine", "apk add --no-cache nginx && nginx -v")
    assert "(1/2) Installing pcre2 (10.43-r0)\n(2/2) Installing nginx (1.26.2-r0)\n" in ended.out
    assert ended.out.endswith("OK: 946 KiB in 16 packages\n")
    assert not any(path.startswith("/var/cache/apk/") for path in ended.changed)
    assert b"nginx" in ended.mount.read("/etc/apk/world")
    assert "nginx:x:100:101" in ended.mount.read("/etc/passwd").decode()


def test_apk_update_keeps_an_index() -> None:
    ended = run("alpine", "apk update && apk add curl")
    assert ended.code == 0
    assert written(ended, "/var/cache/apk/") > 200_000


def test_apk_del_takes_what_nobody_needs_any_more() -> None:
    script = "apk add --no-cache --virtual .tools gcc make > /dev/null && apk del .tools"
    ended = run("alpine", script)
    assert "Purging gcc" in ended.out and "Purging binutils" in ended.out
    assert written(ended, "/usr/") == 0
    before = tree("alpine")["/lib/apk/db/installed"].read()
    assert ended.mount.read("/lib/apk/db/installed").split() == before.split()


def test_apk_is_for_root() -> None:
    ended = run("alpine", "apk add --no-cache curl", user="nobody")
    assert ended.code == 99
    assert ended.changed == {}


def test_the_clock_is_in_the_logs() -> None:
    first = run("debian", UPDATE + "apt-get install -y make").mount.read("/var/log/dpkg.log")
    later = Overlay(tree("debian"), lambda: NOW)
    second = run("debian", UPDATE + "apt-get install -y make", now=NOW + 10**9, mount=later)
    assert first != second.mount.read("/var/log/dpkg.log")
