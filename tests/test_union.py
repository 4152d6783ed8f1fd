"""The union view: who provides what, who hid it, and where the bytes are."""

import pytest
from hypothesis import given
from strategies import stacks

from labimg.digest import DiffID
from labimg.entry import Entry, directory, file, opaque, whiteout
from labimg.layer import Layer, apply
from labimg.union import UnionView, bytes_of


def floor(*entries: Entry) -> Layer:
    return Layer(entries, DiffID.of(b""), 0)


VIEW = UnionView(
    [
        floor(directory("/etc"), file("/etc/motd", b"hello"), file("/etc/keep", b"k")),
        floor(file("/etc/motd", b"hello", mode=0o600)),
        floor(whiteout("/etc/motd"), file("/new", b"nn")),
        floor(file("/etc/motd", b"back again")),
    ]
)


def test_biography_tells_all_that_happened() -> None:
    assert [(event.layer, event.what, event.size) for event in VIEW.trace("/etc/motd")] == [
        (0, "born", 5),
        (1, "copied up", 5),
        (2, "hidden", 0),
        (3, "restored", 10),
    ]


def test_a_hidden_path_tells_which_marker_hides_it() -> None:
    assert VIEW.trace("/etc/motd")[2].by == "/etc/.wh.motd"


def test_a_path_that_went_with_its_directory_is_hidden_by_that_marker() -> None:
    view = UnionView([floor(directory("/d"), file("/d/f", b"x")), floor(whiteout("/d"))])
    assert view.trace("/d/f")[-1].by == "/.wh.d" and "/d/f" not in view


def test_slider_shows_the_lower_floors_only() -> None:
    assert "/etc/motd" not in VIEW.upto(3) and VIEW.upto(2).read("/etc/motd") == b"hello"


def test_owner_is_the_topmost_layer_that_holds_it() -> None:
    assert [VIEW.owner(path) for path in ("/etc/keep", "/new", "/etc/motd")] == [0, 2, 3]


def test_a_path_nobody_ever_had_has_no_biography() -> None:
    with pytest.raises(KeyError):
        VIEW.trace("/never")
    with pytest.raises(KeyError):
        VIEW.owner("/never")


def test_ledger_parts_the_bytes_into_seen_and_shadowed() -> None:
    assert [(share.visible, share.shadowed, share.whiteouts) for share in VIEW.ledger] == [
        (1, 5, 0),
        (0, 5, 0),
        (2, 0, 1),
        (10, 0, 0),
    ]


def test_opaque_directory_leaves_only_its_own() -> None:
    view = UnionView(
        [floor(directory("/d"), file("/d/old", b"1")), floor(directory("/d"), opaque("/d"), file("/d/new"))]
    )
    assert view.children("/d") == ["new"] and view.trace("/d/old")[-1].by == "/d/.wh..wh..opq"


def test_children_are_sorted_by_bytes() -> None:
    view = UnionView([floor(*(file("/d/" + name) for name in ("b", "a.b", "a", "B", "a-b")))])
    assert view.children("/d") == ["B", "a", "a-b", "a.b", "b"]


@given(stacks)
def test_law_the_view_is_all_layers_applied_in_turn(layers: list[Layer]) -> None:
    tree: dict[str, Entry] = {}
    for layer in layers:
        tree = apply(tree, layer.entries)
    assert dict(UnionView(layers)) == tree


@given(stacks)
def test_law_visible_and_shadowed_and_markers_are_what_is_stored(layers: list[Layer]) -> None:
    for layer, share in zip(layers, UnionView(layers).ledger, strict=True):
        assert share.stored == sum(map(bytes_of, layer.entries))
        assert min(share.visible, share.shadowed, share.markers) >= 0


@given(stacks)
def test_law_a_biography_ends_as_the_view_shows(layers: list[Layer]) -> None:
    view = UnionView(layers)
    for path, events in view.history():
        assert (events[-1].entry is not None) == (path in view)
        if path in view:
            assert view.owner(path) == events[-1].layer


@given(stacks)
def test_law_history_at_every_floor_is_the_view_at_that_floor(layers: list[Layer]) -> None:
    view = UnionView(layers)
    for count in range(len(layers) + 1):
        seen = {
            path
            for path, events in view.history()
            if (below := [event for event in events if event.layer < count]) and below[-1].entry
        }
        assert seen == set(view.upto(count))
