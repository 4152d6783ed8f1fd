"""What the panels of a lab say: predictions, travels, the terminal, the boards and the map of names."""

import re
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from panels import FILES, busy, strings

from labimg import Lab
from labimg.course.bench import Bench
from labimg.course.progress import Progress
from labimg.show.atlas import HIGH
from labimg.show.board import Row
from labimg.show.goal import goal, progress
from labimg.show.terminal import OWN as WORDS
from labimg.show.terminal import shown

# Predict.


def test_an_answer_is_sealed_before_the_truth_is_told() -> None:
    lab = Lab()
    asked = lab.predict(
        "How many images?", ["none", "one"], answer=lambda: ["none", "one"][len(lab.engine.images())]
    )
    assert asked.state["stage"] == "open" and not asked.seals
    asked.seal("a")
    lab.docker("pull busybox")
    assert asked.state["stage"] == "sealed" and asked.given == ("none",)
    assert "salt" not in repr(asked) and not asked.state["salt"]
    asked.seal("b").reveal()
    assert (asked.given, asked.truth, asked.right) == (("none",), ("one",), False)
    assert asked.verdict == "You said none; it is one."


def test_a_seal_can_be_made_anew_from_salt_and_answer() -> None:
    from hashlib import sha256

    asked = Lab().predict("Which?", ["a file", "a folder"], answer="a folder").seal("b").reveal()
    told = {whose: "sha256:" + sha256(f"{asked.salt}\n{answer}".encode()).hexdigest()
            for whose, answer in (("yours", "a folder"), ("the lab's", "a folder"))}  # fmt: skip
    assert asked.seals == told
    assert asked.salt in repr(asked)


def test_the_truth_never_travels_before_the_end() -> None:
    asked = Lab().predict("Say it.", answer="swordfish", because="secret reason")
    for _ in range(2):
        assert not [said for said in strings(asked.state) if "swordfish" in said or "secret" in said]
        asked.seal("trout")
    asked.heed({"do": "reveal"})
    assert asked.state["verdict"] == "You said trout; it is swordfish."
    assert asked.state["why"] == ["secret reason"]


def test_the_browser_cannot_reveal_what_was_not_sealed() -> None:
    asked = Lab().predict("Which?", ["a", "b"], answer="b")
    asked.heed({"do": "reveal"})
    assert asked.truth is None
    asked.heed({"do": "seal", "answer": []})
    assert asked.verdict == "Choose an answer first."
    asked.heed({"do": "seal", "answer": ["z"]})
    assert asked.verdict == "'z' is none of the choices."


def test_the_gap_is_explained_by_what_was_believed_then_by_what_is_so() -> None:
    because = {"two": "A tag is no image.", "one": "Both names lead to one image."}
    asked = Lab().predict("How many?", ["one", "two"], answer="one", because=because)
    assert asked.seal("two").reveal().why == ["A tag is no image.", "Both names lead to one image."]
    assert asked.again().seal("one").reveal().why == ["Both names lead to one image."]


def test_the_reason_may_be_given_at_the_end() -> None:
    asked = Lab().predict("Which?", ["a file", "a folder"], answer="b").seal("a")
    assert asked.reveal(because={"a": "It has no bytes.", "": "It holds names."}).why == [
        "It has no bytes.", "It holds names.",
    ]  # fmt: skip
    assert asked.reveal("So it is.").why == ["So it is."]


def _bytes(lab: Lab) -> dict[str, bytes]:
    return {path: lab.engine.files.read(path) for path in lab.engine.files.paths()}


def test_what_is_tried_in_a_fork_leaves_the_lab_as_it_was_and_comes_out_as_it_would_there() -> None:
    lab = Lab(files={"Dockerfile": "FROM busybox\nRUN echo 1 > /one\n"})
    lab.docker("pull busybox")
    files, now = _bytes(lab), lab.clock
    twin = lab.fork()
    built = twin.docker("build -t web .")
    twin.write("Dockerfile", "FROM scratch\n")
    assert (_bytes(lab), lab.clock, len(lab.worlds)) == (files, now, 2)
    assert built.code == 0 and lab.docker("build -t web .") == built


def test_several_answers_are_right_only_together() -> None:
    asked = Lab().predict("Which stay?", ["a1", "b2", "c3"], answer=["c3", "a1"])
    assert asked.many and asked.seal("c", "a1").reveal().right
    assert not asked.again().seal("a").reveal().right
    assert [mark for *_, mark in asked.options] == ["right", "", "missed"]


def test_a_question_asked_again_keeps_its_answer_and_the_record_one_entry() -> None:
    lab = Lab()
    lab.predict("Which?", ["a", "b"], answer="b").seal("a")
    again = lab.predict("Which?", ["a", "b"], answer="b")
    assert again.given == ("a",)
    assert lab.predictions == [again]


def test_a_truth_that_is_still_to_come_is_told_by_reveal_alone() -> None:
    lab = Lab()
    asked = lab.predict("How many?", ["none", "one"], answer=lambda: "ab"[len(lab.engine.images())]).seal("b")
    asked.heed({"do": "reveal"})
    assert asked.truth is None and asked.state["later"]
    assert asked.verdict.endswith("Read on: the truth comes below.")
    lab.docker("pull busybox")
    asked.reveal({"a": "One was fetched.", "b": "So it is."})
    assert (asked.right, asked.why) == (True, ["So it is."])
    asked.heed({"do": "again"})
    asked.heed({"do": "seal", "answer": ["a"]})
    asked.heed({"do": "reveal"})
    assert (asked.right, asked.why) == (False, ["One was fetched.", "So it is."])


def test_a_reason_is_not_lost_when_the_question_is_asked_anew() -> None:
    lab = Lab()
    lab.predict("Which?", ["a", "b"], answer="b").reveal("So it is.")
    assert lab.predict("Which?", ["a", "b"], answer="b").state["why"] == ["So it is."]


def test_a_truth_that_is_none_of_the_choices_is_refused() -> None:
    with pytest.raises(ValueError, match="'c' is none of the choices"):
        Lab().predict("Which?", ["one", "two"], answer="c").reveal()


def test_what_nobody_has_sealed_proves_nothing() -> None:
    asked = Lab().predict("Which?", ["one", "two"], answer="two").reveal("So it is.")
    for told in (repr(asked), asked.svg, str(asked.state)):
        assert "sha256" not in told and asked.salt not in told
        assert "So it is." in told


# Time travel.


def test_one_goes_back_and_forth_and_sees_what_changed() -> None:
    trip = busy().travel()
    assert trip.goto(0).describe() == "World 0 of 7: an empty store"
    assert re.search(r"\+ +web:1 ", repr(trip.redo()))
    changed = trip.redo().changed()
    assert ("~", "web:1") in [(row.sign, row.name) for row in changed.rows]
    assert trip.undo(99).at == 0
    assert trip.goto(99).at == 7


def test_what_if_keeps_the_line_that_is_left() -> None:
    lab = Lab()
    for line in ("pull busybox", "tag busybox a", "tag busybox b"):
        lab.docker(line)
    trip = lab.travel().bookmark("all three").goto(1).branch("other")
    lab.docker("tag busybox c")
    assert [trip.called(number) for number in range(3)][-1] == "docker tag busybox c"
    assert lab.travel().track.names == ["main", "other"]
    trip.goto("all three")
    assert (trip.track.name, trip.at) == ("main", 3)
    assert [name.familiar for name in lab.engine.store.tags.all()][:2] == ["a:latest", "b:latest"]
    trip.line("other")
    assert trip.describe() == "World 2 of 2 on the line 'other': docker tag busybox c"
    with pytest.raises(LookupError, match="no line 'nowhere'"):
        trip.line("nowhere")
    with pytest.raises(LookupError, match="no bookmark 'nowhere'"):
        trip.goto("nowhere")


def test_a_bench_remembers_on_each_line_what_was_typed_there() -> None:
    bench = Bench()
    for line in ("pull busybox", "tag busybox a", "tag busybox b"):
        bench.docker(line)
    trip = bench.travel().goto(1).branch()
    bench.docker("tag busybox c")
    assert [one.words[-1] for one in bench.transcript] == ["busybox", "c"]
    trip.line("main").redo(9)
    assert [one.words[-1] for one in bench.transcript] == ["busybox", "a", "b"]


def test_comparing_tells_names_images_layers_containers_and_files() -> None:
    found = busy().travel().changed(1, 4)
    assert [group.title for group in found.groups] == [
        "names", "images", "layers", "containers", "files one sees", "records of the store",
    ]  # fmt: skip
    rows = {row.name: row for row in found.rows}
    assert "~ /page" in rows["in web:1"].detail
    assert rows["in container box"].detail == ("+ /c",)
    assert busy().travel().changed(3, 3).said == "the same world"


def test_two_worlds_compared_the_other_way_round_change_places() -> None:
    there, back = busy().travel().changed(1, 4), busy().travel().changed(4, 1)
    turned = {"+": "−", "−": "+", "~": "~"}

    def told(rows: tuple[Row, ...], signs: dict[str, str]) -> set[tuple[str, str]]:
        return {(signs[row.sign], row.name) for row in rows if not row.name.startswith("in ")}

    assert told(there.rows, turned) == told(back.rows, {sign: sign for sign in turned})


# The terminal.


@pytest.mark.parametrize(
    ("typed", "whole", "among"),
    [
        ("docker rm", "docker rm", ["rm", "rmi"]),
        ("docker rmi web", "docker rmi web:1 ", []),
        ("rmi web", "rmi web:1 ", []),
        ("docker image pru", "docker image prune ", []),
        ("und", "undo ", []),
        ("docker nonsense x", "docker nonsense x", []),
    ],
)
def test_what_is_typed_is_completed(typed: str, whole: str, among: list[str]) -> None:
    assert busy().terminal().complete(typed) == (whole, among)


def test_a_terminal_runs_docker_and_the_labs_own_words() -> None:
    lab = Lab()
    here = lab.terminal("docker pull busybox", "tag busybox a", "undo", "rmi nobody", "a | b", "   ")
    assert [(said.line, said.code) for said in here.log] == [
        ("docker pull busybox", 0), ("docker tag busybox a", 0), ("undo", 0), ("docker rmi nobody", 1),
        ("a | b", 2),
    ]  # fmt: skip
    assert lab.at == 1
    assert "[exit code 1]" in repr(here)
    assert all(word in repr(here.run("help")) for word in WORDS)
    assert not here.run("clear").log
    here.heed({"do": "run", "line": "images"})
    here.heed({"do": "complete", "line": "docker imag"})
    assert here.state["offered"]["words"] == ["image", "images"]


def test_what_commands_print_cannot_command_the_page() -> None:
    assert shown("a\x1b[2Jb\n") == "a\\x1b[2Jb\n"
    assert shown("10%\r100%\n") == "100%\n"
    assert shown("no end") == "no end\n"


# The boards.


def test_the_disk_is_reconciled_with_system_df() -> None:
    rows = {row.name: row.size for row in busy().disk().model.rows}
    use = busy().engine.df()
    added = rows["sizes of all images, added"] or 0
    assert added - (rows["shared layers, counted again"] or 0) == rows["all layers, each once"] == use.layers
    assert rows["what no container needs"] == use.layers - use.used
    for row in busy().disk().model.groups[0].rows:
        assert sum(part.size for part in row.parts) == row.size


def test_layers_that_only_a_container_holds_are_in_the_sum() -> None:
    lab = Lab()
    for line in ("pull busybox", "create --name box busybox", "rmi -f busybox"):
        lab.docker(line)
    rows = {row.name: row.size or 0 for row in lab.disk().model.rows}
    rest = rows.get("layers of no listed image", 0)
    added = rows["sizes of all images, added"] - rows["shared layers, counted again"] + rest
    assert added == rows["all layers, each once"] == lab.engine.df().layers


def test_the_cache_tells_hit_and_miss_with_the_reason() -> None:
    lab = Lab(files=FILES)
    assert "nothing was built yet" in repr(lab.cache())
    for content in ("one", "two"):
        lab.write("page", content)
        lab.docker("build -t web .")
    rows = lab.cache().model.rows
    assert [row.sign for row in rows] == ["•", "✓", "✗", "✗"]
    assert [row.note for row in rows[1:]] == [
        "using cache", "a file that is copied has changed", "the step before was done anew",
    ]  # fmt: skip
    lab.docker("build -t web .")
    assert [row.sign for row in lab.cache().model.rows] == ["•", "✓", "✓", "✓"]


def test_an_archive_shows_which_layers_are_packed_once() -> None:
    shown = busy().archive("both.tar").model
    assert shown.said == "2 images, 5 layers, 1 of them shared"
    first = next(row for row in shown.rows if row.sign == "∞")
    assert "/bin" in first.detail and first.note.startswith("of web:1; shop:latest")


@pytest.mark.parametrize("content", [b"", b"no tar", b"\x1f\x8b broken", b"x" * 2000])
def test_an_archive_that_is_none_is_shown_as_far_as_it_goes(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.tar").write_bytes(content)
    lab = Lab()
    assert "0 images" in repr(lab.archive(str(tmp_path / "odd.tar")))


def test_a_transfer_tells_what_travelled_and_what_need_not() -> None:
    rows = busy().transfer().model.rows
    assert [(row.number, row.sign) for row in rows] == [(1, "="), (2, "→"), (3, "→")]
    assert all(row.size for row in rows)
    assert "nothing was pulled or pushed yet" in repr(Lab().transfer())


def test_a_pull_of_what_is_here_moves_nothing() -> None:
    lab = Lab()
    lab.docker("pull busybox")
    assert [row.sign for row in lab.transfer().model.rows] == ["←"]
    lab.docker("tag busybox kept")
    lab.docker("rmi busybox")
    lab.docker("pull busybox")
    assert "0 of " in lab.transfer().model.said


def test_the_goal_tells_what_is_there_lacking_other_and_more() -> None:
    lab, wanted = Lab(), Lab()
    for line in ("pull busybox", "tag busybox extra", "pull alpine", "tag alpine web"):
        lab.docker(line)
    for line in ("pull busybox", "tag busybox web", "create --name box busybox"):
        wanted.docker(line)
    panel = lab.goal(wanted)
    told = {row.name: row.sign for row in panel.model.rows}
    assert told == {
        "busybox:latest": "✓",
        "web:latest": "~",
        "alpine:latest": "+",
        "extra:latest": "+",
        "box": "○",
    }
    lab.docker("create --name box busybox")
    assert {row.name: row.sign for row in panel.model.rows}["box"] == "✓"
    wants = [SimpleNamespace(name="no name too many", met=False, why="extra is one")]
    assert goal(lab, lab, lambda: wants).model.said == "5 of 6 as it should be"


def test_progress_ticks_what_is_solved_and_not_what_was_only_seen(tmp_path: Path) -> None:
    titles = {"00-E1": "One", "00-E2": "Two", "01-E1": "Three", "01-E2": "Four"}
    mine = Progress(tmp_path / "mine.json")
    mine.attempt("00-E1", "correct", 2, 2)
    mine.attempt("00-E2", "nearly", 1.5, 3)
    mine.show("01-E1")
    found = progress(mine.levels, titles).model
    assert [row.sign for row in found.rows] == ["✓", "~", "◎", "○"]
    assert found.rows[1].note == "1.5 of 3 points"
    assert [group.title for group in found.groups] == ["lesson 00: 1 of 2", "lesson 01: 0 of 2"]
    assert found.said == "1 of 4 levels solved"


def test_progress_without_a_file_is_empty(tmp_path: Path) -> None:
    assert re.match(r"0 of \d+ levels solved", Lab().progress(str(tmp_path / "none.json")).model.said)


# The map of names.


def test_a_shared_layer_is_one_box_and_a_moved_name_two_arrows() -> None:
    atlas = busy().names(1).model
    assert len({box.key for box in atlas.boxes}) == len(atlas.boxes)
    ground = [box for box in atlas.boxes if box.number == 1]
    assert len(ground) == 1 and "images stand on it" in ground[0].said
    moved = {arrow.state for arrow in atlas.arrows if arrow.tail.lines[0] == "web:1"}
    assert moved == {"gone", "new"}
    assert not [box for box in busy().names().model.boxes if box.state != "same"]


def test_every_box_and_arrow_of_the_map_is_in_its_text() -> None:
    made = busy().names(1)
    for box in made.model.boxes:
        assert f"{box.kind} {box.lines[0]}" in repr(made)
    assert repr(made).count("→") == len(made.model.arrows)


def test_no_two_boxes_of_the_map_lie_upon_each_other() -> None:
    lab = busy().fork()
    lab.docker("pull nginx")
    places = [(box.x, box.y) for box in lab.names(0).model.boxes]
    assert len(set(places)) == len(places)


def test_no_arrow_of_the_map_runs_behind_a_box_that_it_does_not_lead_to() -> None:
    lab = busy().fork()
    lab.docker("pull nginx")
    model = lab.names(0).model
    for arrow in model.arrows:
        x, y, turn, *bend = map(float, re.findall(r"[-\d.]+", arrow.path))
        corners = [(turn, y), *zip(bend[::2], bend[1::2], strict=True)]
        parts = [step / 40 for step in range(41)]
        way = [(x + (turn - x) * part, y) for part in parts] + [_bent(corners, part) for part in parts]
        others = [box for box in model.boxes if box not in (arrow.tail, arrow.head)]
        assert not [
            box.lines[0] for box in others for at, to in way
            if box.x < at < box.x + box.wide and box.y < to < box.y + HIGH
        ]  # fmt: skip


def _bent(corners: Sequence[tuple[float, float]], part: float) -> tuple[float, float]:
    """Where a curve of four corners is after a part of its way."""
    rest = 1 - part
    weights = rest**3, 3 * rest * rest * part, 3 * rest * part * part, part**3
    x, y = (sum(weight * one[axis] for weight, one in zip(weights, corners, strict=True)) for axis in (0, 1))
    return x, y
