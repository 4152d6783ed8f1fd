"""Grading by replay: what is due to each, the same to the byte, whoever grades which part when."""

import csv
import io
import json
from pathlib import Path

import pytest
from classroom import filled_in, handed_in, released, seven, solutions

from labimg.course import author, batch, confusion, feedback, key, notebook, tables
from labimg.course.level import Lesson, lessons
from labimg.course.notebook import Unreadable, document, level_of
from labimg.course.replay import graded, reply
from labimg.course.teaching import main

SECRET = "a secret of this test"
DUE = {"ada": 10.0, "ben": 5.0, "cleo": 0.0, "dan": 2.0, "eve": 0.0, "fay": 0.0, "wei": 10.0}


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return lessons()["02"]


@pytest.fixture(scope="module")
def submitted(lesson: Lesson, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class") / "submitted"
    handed_in(folder, lesson, seven(lesson, lessons()["05"]))
    return folder


@pytest.fixture(scope="module")
def results(submitted: Path, lesson: Lesson) -> list[batch.Result]:
    out = submitted.parent / "whole"
    return batch.run(batch.Terms(lesson, SECRET, seconds=60), submitted, out, jobs=2)


def test_each_of_the_seven_gets_what_is_due(results: list[batch.Result]) -> None:
    assert {one["student"]: one["score"] for one in results} == DUE


def test_another_assignment_is_refused_and_said(results: list[batch.Result]) -> None:
    refused = {one["student"]: one["refused"] for one in results if one["refused"]}
    assert refused == {"fay": "this notebook is about lesson 05, not 02"}


def test_a_hostile_notebook_is_never_run(results: list[batch.Result]) -> None:
    eve = next(one for one in results if one["student"] == "eve")
    assert eve["odd"] == ["02-E2: there are two answers, and the first counts"]
    assert not Path("/tmp/labimg-was-here").exists()


def test_parts_put_together_are_the_whole_to_the_byte(
    results: list[batch.Result], submitted: Path, lesson: Lesson
) -> None:
    terms, parts = batch.Terms(lesson, SECRET, seconds=60), submitted.parent
    for part in (1, 2):
        batch.run(terms, submitted, parts / f"part{part}", shard=(part, 2))
    found = list(batch.results([parts / "part1", parts / "part2"]))
    assert found == results
    for one in results:
        name = f"results/{one['student']}.json"
        copies = [parts / part / name for part in ("part1", "part2") if (parts / part / name).exists()]
        assert [copy.read_bytes() for copy in copies] == [(parts / "whole" / name).read_bytes()]


def test_what_is_graded_is_not_graded_again(
    results: list[batch.Result], submitted: Path, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "grade", lambda *_: pytest.fail("graded again"))
    again = batch.run(batch.Terms(lesson, SECRET, seconds=60), submitted, submitted.parent / "whole")
    assert again == results


def test_tables_have_the_columns_of_the_gradebook(results: list[batch.Result]) -> None:
    rows = list(csv.DictReader(io.StringIO(tables.grades(results))))
    assert list(rows[0]) == tables.COLUMNS
    assert {row["student_id"]: row["score"] for row in rows}["fay"] == ""
    marks = list(csv.DictReader(io.StringIO(tables.criteria(results))))
    due = sum(float(row["score"]) for row in marks if row["student_id"] == "ada")
    assert due == pytest.approx(10, abs=0.01)
    assert "02-E4" in tables.misconceptions(results)


def test_a_name_is_no_formula_in_a_table(results: list[batch.Result]) -> None:
    spoiled = [{**results[0], "student": "=1+1"}]
    assert "'=1+1" in tables.grades(spoiled)


def test_feedback_tells_criteria_and_no_hidden_input(results: list[batch.Result]) -> None:
    for one in results:
        for page in (feedback.html(one), feedback.markdown(one)):
            assert SECRET not in page and "right('" not in page and "merged(" not in page
    ada = feedback.html(results[0])
    assert "10 of 10 points" in ada and 'lang="en"' in ada and 'aria-label="met"' in ada
    spoiled = {**results[0], "student": "<script>alert(1)</script>"}
    assert "<script>alert" not in feedback.html(spoiled) + feedback.markdown(spoiled)


def test_the_confusion_map_is_told_in_words_too(results: list[batch.Result]) -> None:
    drawn = confusion.svg(results)
    assert drawn.startswith("<svg") and "<desc>" in drawn and "<script" not in drawn
    assert "02-E4" in confusion.describe(tables.confused(results), 6)


def test_the_command_says_what_is_not_graded(
    submitted: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABIMG_SECRET", SECRET)
    flags = {
        "assignment": "02", "jobs": 2, "output": str(submitted.parent / "whole"), "personal": False,
        "quiet": True, "secret_file": "", "shard": "",
    }  # fmt: skip
    code = main(["grade", json.dumps({"words": [str(submitted)], **flags})])
    told = capsys.readouterr().out
    assert code == 1
    assert "6 graded, 1 not graded" in told and "fay: this notebook is about lesson 05, not 02" in told
    assert (submitted.parent / "whole" / "confusion.svg").exists()
    assert main(["grade", json.dumps({"words": [str(tmp_path / "no")], **flags})]) == 2
    merged = json.dumps({"words": [str(submitted.parent / "whole")], "output": str(tmp_path / "all")})
    assert main(["merge", merged]) == 1
    both = [(folder / "grades.csv").read_bytes() for folder in (submitted.parent / "whole", tmp_path / "all")]
    assert both[0] == both[1]


def test_hidden_worlds_follow_from_the_secret_and_the_student() -> None:
    hard = "docker stop ticker\ndocker rm greeter ticker\ndocker rmi busybox"
    scores = {graded("07-E1", hard, student=who, secret=SECRET).score for who in ("ada", "ben")}
    assert scores == {3.0}  # names are carried over into the other worlds
    sweeping = "docker kill ticker\ndocker system prune -af"
    assert graded("07-E1", sweeping, student="ada", secret=SECRET).score < 3


def test_a_request_that_cannot_be_judged_says_so() -> None:
    asked = {"level": "99-E9", "text": "", "student": "ada", "secret": "x"}
    assert "there is no level" in reply(asked)["failed"]


def test_an_answer_that_takes_too_long_costs_only_itself(lesson: Lesson, tmp_path: Path) -> None:
    seventh = lessons()["07"]
    right = solutions(seventh)
    slow = {**right, "07-E4": "docker run busybox sh -c 'while true; do true; done'"}
    path = tmp_path / "ada.ipynb"
    path.write_text(json.dumps(filled_in(seventh, slow)), "utf-8")
    worker = batch.Worker(10)
    found = batch.grade(batch.Terms(seventh, SECRET, seconds=10), "ada", path, worker)
    place = Path(worker._folder)
    worker.end()
    assert [verdict["score"] for verdict in found["verdicts"]] == [3, 3, 2, 0]
    assert not place.exists()


def test_a_worker_that_was_ended_is_begun_anew() -> None:
    asked = {"level": "07-E4", "text": "docker image prune -f", "student": "ada", "secret": SECRET}
    worker = batch.Worker(0.01)
    assert worker.ask(asked) == {"failed": "it takes too much time or memory"}
    worker._seconds = 60
    assert worker.ask(asked)["score"] == 2.0
    worker.end()


def test_a_notebook_is_read_in_whatever_encoding() -> None:
    found = {"cells": [{"cell_type": "code", "source": ["%%answer 00-E1\n", "docker pull 层"]}]}
    text = json.dumps(found, ensure_ascii=False)
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        assert document(text.encode(encoding)) == found
    for raw in (b"", b"[1]", b"{}", b"\xff\xfe\x00", b'{"cells": 3}', b"[" * 10_000):
        with pytest.raises(Unreadable):
            document(raw)


def test_odd_cells_are_no_answers() -> None:
    prose = {"cell_type": "markdown", "source": "%%answer 00-E1"}
    cells: list[object] = [None, 3, {}, prose, {"metadata": []}]
    for cell in cells:
        assert level_of(cell) == ""
    assert level_of({"cell_type": "code", "source": 5, "metadata": {"nbgrader": 7}}) == ""
    assert level_of({"cell_type": "code", "source": "%%answer 00-e1\nx"}) == "00-E1"


def test_files_of_a_folder_belong_to_students(tmp_path: Path) -> None:
    for name in ("ada/02/02.ipynb", "ada/02/.ipynb_checkpoints/02.ipynb", "ben_02_late.ipynb", "cleo.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}", "utf-8")
    assert [student for student, _ in notebook.collected(tmp_path)] == ["ada", "ben", "cleo"]


def test_tidying_mends_what_would_stop_a_gradebook(lesson: Lesson, tmp_path: Path) -> None:
    path = tmp_path / "02" / "02.ipynb"
    path.parent.mkdir()
    found = released(lesson)
    found["cells"].append(found["cells"][-1])
    path.write_bytes(json.dumps(found).encode("gb18030") + "层".encode("gb18030")[:0])
    assert author.tidied(path) == ["a second cell grade-02-E4 was taken out"]
    assert author.tidied(path) == []
    assert len(document(path.read_bytes())["cells"]) == len(found["cells"]) - 1


@pytest.mark.parametrize("number", [f"{number:02}" for number in range(12)])
def test_what_is_released_scores_nothing_and_gives_nothing_away(number: str) -> None:
    lesson = lessons()[number]
    text = author.text(lesson, solved=False)
    answers = {level_of(cell): cell["source"] for cell in json.loads(text)["cells"] if level_of(cell)}
    assert answers == {level.id: author.unsolved(level) for level in lesson.levels}
    for level in lesson.levels:
        answered = graded(level.id, author.unsolved(level), student="ada", secret=SECRET)
        assert (answered.state, answered.score) == ("missing", 0)
    ids = [cell["id"] for cell in json.loads(text)["cells"]]
    assert len(ids) == len(set(ids))


def test_source_notebooks_are_those_of_the_levels() -> None:
    place = Path(__file__).parents[1] / "exercises" / "source"
    for number, lesson in lessons().items():
        assert (place / number / f"{number}.ipynb").read_text("utf-8") == author.text(lesson), number


@pytest.mark.parametrize("number", [f"{number:02}" for number in range(12)])
def test_the_teachers_kit_holds_a_plan_questions_and_the_key(number: str) -> None:
    kit = (Path(__file__).parents[1] / "exercises" / "teacher" / f"{number}.md").read_text("utf-8")
    assert kit.endswith(key.text(lessons()[number]))
    assert all(part in kit for part in ("45 minutes" if number != "00" else "15 minutes", "60 minutes", "90"))
    assert "## Questions to discuss" in kit
