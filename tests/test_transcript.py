"""A transcript is the storage format: to replay it gives the same world, to the byte."""

import shlex

from hypothesis import given, settings
from hypothesis import strategies as st

from labimg.course.bench import Bench

HUB = "hub.lab:5000"
FILES = {"Dockerfile": "FROM busybox\nCOPY page /page\nRUN date > /built\n", "page": "welcome"}
names = st.sampled_from(["busybox", "web", "shop", "box", "cup", "nothing"])
refs = st.sampled_from(["web:2", "shop", "ada/shop:1", f"{HUB}/team/web"])
commands = st.one_of(
    st.sampled_from(["pull busybox", "build -t web .", "build -t shop --no-cache .", "image prune -f"]),
    st.builds("tag {} {}".format, names, refs),
    st.builds("rmi {} {}".format, st.sampled_from(["", "-f"]), st.one_of(names, refs)),
    st.builds("run --name {} {} sh -c 'echo {} >> /log; date > /now'".format, names, names, names),
    st.builds("run -d {} sleep 100".format, names),
    st.builds("rm -f {}".format, names),
    st.builds("commit {} {}".format, names, refs),
    st.builds("export -o flat.tar {}".format, names),
    st.builds("save -o two.tar {}".format, names),
    st.sampled_from(["import flat.tar flat", "load -i two.tar", f"push {HUB}/team/web"]),
    st.builds("--context cloud pull {}".format, refs),
)  # fmt: skip


def bench() -> Bench:
    return Bench("law", files=FILES, machines=["cloud"], registries=[HUB])


@settings(max_examples=30, deadline=None)
@given(st.lists(commands, max_size=9), st.integers(0, 9))
def test_to_replay_what_was_typed_gives_the_same_world_to_the_byte(lines: list[str], forked: int) -> None:
    first, second = bench(), bench()
    for line in lines:
        first.docker(shlex.split(line))
    for typed in [one.words for one in first.typed][:forked]:
        second.docker(typed)
    second = second.fork()
    for typed in [one.words for one in first.typed][forked:]:
        second.docker(typed)
    assert first.ground == second.ground


@settings(max_examples=15, deadline=None)
@given(st.lists(commands, min_size=1, max_size=6), commands)
def test_what_is_undone_leaves_no_trace_in_the_world(lines: list[str], undone: str) -> None:
    lab = bench()
    for line in lines:
        lab.docker(shlex.split(line))
    before, at = lab.ground.files, lab.at
    lab.docker(shlex.split(undone))
    lab.undo(lab.at - at)
    assert lab.ground.files == before
