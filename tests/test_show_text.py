"""The text twins: a picture's whole content, in words and columns."""

import subprocess
import sys
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stacks import STACKS, Laid

from labimg.dockerfile import parse
from labimg.entry import Entry, directory, file, opaque, symlink, whiteout
from labimg.show import graphs, text
from labimg.show.building import Floor, Step, erect, instruction
from labimg.show.bytemap import weigh
from labimg.show.merged import Merged, merge
from labimg.show.story import biography
from labimg.spec import History
from labimg.union import UnionView


def lobby() -> UnionView:
    return UnionView(
        [
            Laid(
                directory("/etc"),
                file("/etc/hosts", b"h" * 20),
                file("/etc/motd", b"hello"),
                directory("/var"),
                directory("/var/cache"),
                file("/var/cache/pkg", b"p" * 3000),
                directory("/conf"),
                file("/conf/a", b"a"),
                file("/conf/b", b"b"),
            ),
            Laid(
                file("/etc/hosts", b"H" * 30), file("/etc/motd", b"hello", mode=0o600), whiteout("/var/cache")
            ),
            Laid(opaque("/conf"), file("/conf/b", b"BB"), symlink("/conf/c", "b")),
        ]
    )


def test_the_tree_tells_for_every_path_what_every_floor_did() -> None:
    assert text.tree(lobby()) == dedent(
        """\
        image: the view through 3 of 3 floors, 4 files, 1 hidden by a whiteout, \
1 hidden by an opaque directory

        1 2 3  from     size  /
        +   ◍     3           ├── conf/
        ·   ×                 │   ├── a  [hidden by the opaque directory /conf, floor 3]
        ·   ~     3       2B  │   ├── b
            +     3           │   └── c -> b
        +         1           ├── etc/
        · ~       2      30B  │   ├── hosts
        · ↑       2       5B  │   └── motd
        +         1           └── var/
        + ×                       └── cache/  [hidden by a whiteout, floor 2]

        + adds  ~ replaces  ↑ copied up  × whiteout  ◍ opaque  · shadowed"""
    )


def test_seen_from_a_lower_floor_the_upper_ones_have_done_nothing() -> None:
    told = text.tree(lobby(), 1)
    assert "through 1 of 3 floors, 5 files\n" in told
    assert "~" not in told.splitlines()[3] and "hosts" in told and "c -> b" not in told


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        (
            "/etc/hosts",
            ["floor 1  +      20B  born", "floor 2  ~      30B  replaced", "50B stored, 20B of it shadowed"],
        ),
        ("etc/motd", ["floor 2  ↑       5B  copied up whole, though only its metadata changed"]),
        ("/var/cache/pkg", ["floor 2  ×           hidden with /var/cache", "3kB stored, 3kB of it shadowed"]),
        ("/conf/", ["floor 3  ◍           opaque: hides all that lower floors have in it"]),
        ("/conf/a", ["floor 3  ×           hidden by the opaque directory /conf"]),
    ],
)
def test_a_biography_tells_every_chapter_and_the_cost(path: str, lines: list[str]) -> None:
    told = text.biography(lobby(), path)
    assert [line for line in lines if line not in told] == []


def test_a_path_no_floor_ever_had_has_no_biography() -> None:
    with pytest.raises(KeyError):
        text.biography(lobby(), "/nowhere")


def test_a_building_stands_on_the_ground_with_its_steps_between_the_floors() -> None:
    steps = [
        History(created_by="/bin/sh -c #(nop) ADD file:1 in / "),
        History(created_by='/bin/sh -c #(nop)  CMD ["sh"]', empty_layer=True),
        History(created_by="/bin/sh -c make"),
    ]
    told = text.stack(erect(lobby().layers, steps, name="web:1", digest="sha256:" + "ab" * 32)).splitlines()
    assert told[0] == "web:1: sha256:abababababab, 3 floors, 3.06kB"
    assert [line.split("│")[0].strip() for line in told[2:] if "│" in line] == ["3", "2", "1"]
    assert told[3].split()[:4] == ["3", "│", "layer", "3"]
    assert 'CMD ["sh"]' in told[6] and told[6].startswith("   ├──")
    assert told[-1].strip() == "═" * text.WIDE
    assert {len(line) for line in told[2:]} == {text.WIDE + 3}


@pytest.mark.parametrize(
    ("created_by", "line"),
    [
        ("/bin/sh -c #(nop)  ENV A=b", "ENV A=b"),
        ("/bin/sh -c #(nop) COPY dir:1 in /srv ", "COPY dir:1 in /srv"),
        ("/bin/sh -c set -x;  make", "RUN set -x; make"),
        ("|2 A=1 B=x /bin/sh -c make", "RUN make"),
        ("RUN /bin/sh -c make # buildkit", "RUN make"),
        ("COPY . . # buildkit", "COPY . ."),
        ("WORKDIR /srv", "WORKDIR /srv"),
        ("", ""),
    ],
)
def test_every_builders_way_to_write_a_step_is_read(created_by: str, line: str) -> None:
    assert instruction(created_by) == line


def test_layers_without_history_and_history_without_layers_are_both_drawn() -> None:
    assert [floor.made_by for floor in erect(lobby().layers).floors] == ["layer 1", "layer 2", "layer 3"]
    more = [History(created_by=f"RUN {n}") for n in range(9)] + [
        History(created_by="ENV a=b", empty_layer=True)
    ]
    storeys = erect(lobby().layers, more).storeys
    assert [type(storey) for storey in storeys] == [Floor, Floor, Floor, Step]


def test_a_containers_floor_is_its_own() -> None:
    top = erect(lobby().layers, [History(created_by="RUN a")], writable=True).floors[-1]
    assert top.writable and top.made_by == "the container's own floor"


def test_the_ledger_adds_up_to_what_is_stored() -> None:
    weighed = weigh(lobby())
    assert weighed.visible + weighed.shadowed == weighed.stored == 3065
    told = text.ledger(lobby())
    assert "3.06kB stored, 38B visible, 3.03kB shadowed" in told
    assert told.splitlines()[-3].startswith("    1   3.03kB       0B    3.03kB")


def test_a_graph_is_told_with_every_node_and_every_arrow() -> None:
    graph = graphs.stages(
        parse("FROM golang AS b\nRUN make\nFROM scratch\nCOPY --from=b /app /app\nCOPY --from=0 /x /x\n")
    )
    told = text.graph(graph)
    assert all(line in told for node in graph.nodes for line in node.lines)
    assert told.count("-->") + told.count("==>") == len(graph.edges) == 4


def test_quiet_folders_are_folded_first() -> None:
    layers = [
        Laid(*(file(f"/{name}/{n}", b"") for name in ("busy", "quiet") for n in range(30))),
        Laid(file("/busy/1", b"x")),
    ]
    told = text.tree(UnionView(layers), limit=40)
    assert "quiet/  (30 inside)" in told and "busy/  (" not in told


def test_only_what_is_needed_is_imported() -> None:
    heavy = {"IPython", "ipywidgets", "anywidget", "graphviz", "traitlets", "labimg.engine"}
    code = "import sys, labimg.show.text; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not heavy & set(loaded)


@given(STACKS)
def test_what_the_picture_shows_standing_is_what_the_union_shows(view: UnionView) -> None:
    for floor in range(len(view.layers) + 1):
        merged = merge(view, upto=floor)
        assert [row.path for row, mark in merged.seen if mark.stands] == list(view.upto(floor))


@given(STACKS)
def test_every_standing_path_is_said_to_come_from_its_owner(view: UnionView) -> None:
    for row, mark in merge(view).seen:
        if mark.stands and mark.kind != "dir":
            assert mark.floor - 1 == view.owner(row.path)
            assert row.sign(mark.floor, len(view.layers)) == mark.sign


@given(STACKS, st.integers(1, 12))
def test_folding_loses_nothing_but_rows(view: UnionView, limit: int) -> None:
    merged: Merged = merge(view)
    assert len(text.tree(merged, limit=limit).splitlines()) <= limit + 6
    for row, _ in merged.seen:
        assert biography(view, row.path).row == row


def test_the_room_of_pictures_is_itself_the_verb() -> None:
    code = (
        "import labimg; from labimg.union import UnionView; v = UnionView([]); labimg.show(v); labimg.show(v)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("upper", "said"),
    [
        ((), "2 files"),
        ((whiteout("/srv/a"),), "1 file, 1 hidden by a whiteout"),
        ((opaque("/srv"),), "0 files, 2 hidden by an opaque directory"),
        ((file("/srv", b""),), "1 file, 2 hidden by what stands in the place of a directory"),
    ],
)  # fmt: skip
def test_what_hides_a_file_is_told_by_its_name(upper: tuple[Entry, ...], said: str) -> None:
    lower = (file("/srv/a", b"a"), file("/srv/b", b"b"))
    assert merge(UnionView([Laid(*lower), Laid(*upper)])).describe().endswith(f"of 2 floors, {said}")
