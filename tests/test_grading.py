"""Grading by replay: what is due to each, the same to the byte, whoever grades which part when."""

import csv
import io
import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from classroom import filled_in, handed_in, released, seven, solutions

from labimg.course import author, batch, confusion, feedback, gradebook, key, notebook, score, tables
from labimg.course.level import Lesson, filled, find, lessons
from labimg.course.notebook import Unreadable, document, level_of
from labimg.course.replay import graded, reply
from labimg.course.stage import Stage
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
    links = re.findall(
        r'<a href="([^"]+)">', feedback.html(next(one for one in results if one["score"] == 0))
    )
    assert "../../notebooks/02-union.ipynb#Exercises" in links
    told = feedback.markdown({**results[1]}, "https://example.com/a course/")
    assert "(<https://example.com/a%20course/02-union.ipynb#Exercises>)" in told
    ada = feedback.html(results[0])
    assert "10 of 10 points" in ada and 'lang="en"' in ada and 'aria-label="met"' in ada
    spoiled = {**results[0], "student": "<script>alert(1)</script>"}
    assert "<script>alert" not in feedback.html(spoiled) + feedback.markdown(spoiled)


def test_the_confusion_map_is_told_in_words_too(results: list[batch.Result]) -> None:
    drawn = confusion.svg(results)
    assert drawn.startswith("<svg") and "<desc>" in drawn and "<script" not in drawn
    assert "02-E4" in confusion.describe(tables.confused(results), 6)


def test_the_command_says_what_is_not_graded_and_parts_put_together_are_the_whole_to_the_byte(
    submitted: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABIMG_SECRET", SECRET)
    shown = {"course_url": "https://example.com/course", "due": "", "late": "", "lms": "moodle"}
    flags = {
        "assignment": "02", "attempts": 0, "cool_down": "", "jobs": 2,
        "output": str(submitted.parent / "whole"), "personal": False, "quiet": True, "secret_file": "",
        "shard": "", **shown,
    }  # fmt: skip
    code = main(["grade", json.dumps({"words": [str(submitted)], **flags})])
    told = capsys.readouterr().out
    assert code == 1
    assert "6 graded, 1 not graded" in told and "fay: this notebook is about lesson 05, not 02" in told
    assert (submitted.parent / "whole" / "confusion.svg").exists()
    assert main(["grade", json.dumps({"words": [str(tmp_path / "no")], **flags})]) == 2
    parts = [str(tmp_path / name) for name in ("one", "two")]
    for number, part in enumerate(parts, 1):
        here = {**flags, "words": [str(submitted)], "output": part, "shard": f"{number}/2"}
        main(["grade", json.dumps(here)])
    assert main(["merge", json.dumps({"words": parts, "output": str(tmp_path / "all"), **shown})]) == 1
    assert tree(tmp_path / "all") == tree(submitted.parent / "whole")


def tree(folder: Path) -> dict[str, bytes]:
    """All files in a folder, by path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_hidden_worlds_follow_from_the_secret_and_the_student() -> None:
    hard = "docker stop ticker\ndocker rm greeter ticker\ndocker rmi busybox"
    scores = {graded("07-E1", hard, student=who, secret=SECRET).score for who in ("ada", "ben")}
    assert scores == {3.0}  # names are carried over into the other worlds
    sweeping = "docker kill ticker\ndocker system prune -af"
    assert graded("07-E1", sweeping, student="ada", secret=SECRET).score < 3


@pytest.mark.parametrize("name", ["00-E1", "02-E1", "02-E3", "04-E2", "06-E5", "11-E1"])
def test_a_grade_cell_ends_in_one_plain_float_and_writes_nothing_to_stderr(
    name: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(find(name))
    for text in (
        stage.solution,
        filled(stage.level.text(stage.level.wrongs[0]), stage.values),
        "",
        "no sense",
    ):
        monkeypatch.setitem(score.given, name, text)
        found = score.score(name)
        assert type(found) is float and 0 <= found <= stage.level.points
    assert capfd.readouterr().err == ""


def test_replay_puts_into_a_grade_cell_what_nbgrader_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    nbformat = pytest.importorskip("nbformat", reason="the lab's extras are not installed")
    monkeypatch.setenv("LABIMG_SECRET", SECRET)
    fifth = lessons()["05"]
    found = nbformat.from_dict(filled_in(fifth, {**solutions(fifth), "05-E1": "..."}))
    found.cells += [found.cells[-1], nbformat.v4.new_code_cell("99.0")]
    resources = {"nbgrader": {"student": "ada"}}
    cells = gradebook.replay(found, resources)[0].cells
    told = [cell.outputs for cell in cells if cell.get("outputs")]
    assert all([one.output_type for one in each] == ["stream", "execute_result"] for each in told)
    assert {one.name for each in told for one in each if one.output_type == "stream"} == {"stdout"}
    points = [float(each[-1].data["text/plain"]) for each in told]
    assert points == [0.0, 2.0, 3.0, 3.0, 1.0, 1.0]  # the last cell stands there twice


def test_a_request_that_cannot_be_judged_says_so() -> None:
    asked = {"level": "99-E9", "text": "", "student": "ada", "secret": "x"}
    assert "there is no level" in reply(asked)["failed"]


class Choosy(batch.Worker):
    """It has no patience with answers to one level, and much with all others."""

    def ask(self, asked: Any) -> dict[str, Any]:
        self._seconds = 3 if asked["level"] == "07-E4" else 120
        return super().ask(asked)


def test_an_answer_that_takes_too_long_costs_only_itself(lesson: Lesson, tmp_path: Path) -> None:
    seventh = lessons()["07"]
    right = solutions(seventh)
    slow = {**right, "07-E4": "docker run busybox sh -c 'while true; do true; done'"}
    path = tmp_path / "ada.ipynb"
    path.write_text(json.dumps(filled_in(seventh, slow)), "utf-8")
    worker = Choosy(0)
    found = batch.grade(batch.Terms(seventh, SECRET), "ada", path, worker)
    place = Path(worker._folder)
    worker.end()
    assert [verdict["score"] for verdict in found["verdicts"]] == [3, 3, 2, 0]
    assert not place.exists()


@pytest.mark.skipif(not hasattr(signal, "SIGPROF"), reason="no such timer on this system")
def test_an_answer_has_so_much_of_the_processor_and_no_more() -> None:
    text = "docker run busybox sh -c 'while true; do true; done'"
    asked = {"level": "07-E4", "text": text, "student": "ada", "secret": SECRET}
    begin = "from labimg.course import replay; replay.SECONDS = 1; replay.main()"
    done = subprocess.run([sys.executable, "-c", begin], input=json.dumps(asked), text=True)
    assert done.returncode == -signal.SIGPROF


def test_a_worker_that_was_ended_is_begun_anew() -> None:
    asked = {"level": "07-E4", "text": "docker image prune -f", "student": "ada", "secret": SECRET}
    worker = batch.Worker(0)
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


def test_tidying_mends_halves_of_characters_and_marks_of_other_assignments(
    lesson: Lesson, tmp_path: Path
) -> None:
    path = tmp_path / "02" / "02.ipynb"
    path.parent.mkdir()
    found = filled_in(lesson, {"02-E1": "\ud800"})
    found["cells"] += [None, {"metadata": 3}, {"metadata": {"nbgrader": {"grade_id": [1], "points": 9}}}]
    path.write_text(json.dumps(found), "utf-8")
    said = ["the marks of a cell [1] were taken away", "signs that are none became question marks"]
    assert author.tidied(path) == said
    assert author.tidied(path) == [] and "?" in path.read_text("utf-8")


def test_of_a_students_notebooks_the_one_of_the_assignment_is_graded(tmp_path: Path) -> None:
    for name in (
        "ada/02/02.ipynb",
        "ada/05/05.ipynb",
        "ben_02.ipynb",
        "ben_05_late.ipynb",
        "cleo/02/02.ipynb",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}", "utf-8")
    found = [str(path.relative_to(tmp_path)) for _, path in notebook.collected(tmp_path, "05")]
    assert found == ["ada/05/05.ipynb", "ben_05_late.ipynb", "cleo/02/02.ipynb"]
    assert len(list(notebook.every(tmp_path))) == 5


def test_a_notebook_of_another_lesson_is_put_aside_once_and_still_told_of(tmp_path: Path) -> None:
    path = tmp_path / "fay" / "02" / "02.ipynb"
    path.parent.mkdir(parents=True)
    handed_in = author.text(lessons()["05"])
    path.write_text(handed_in, "utf-8")
    assert "about lesson 05; it was put aside" in author.tidied(path)[0]
    assert author.tidied(path) == []
    assert path.with_name("02.ipynb.handed-in").read_text("utf-8") == handed_in
    found = batch.grade(batch.Terms(lessons()["02"], SECRET), "fay", path, batch.Worker(1))
    assert found["refused"] == "this notebook is about lesson 05, not 02"


def test_every_lesson_with_exercises_has_a_notebook_to_read_on() -> None:
    shelf = Path(__file__).parents[1] / "notebooks"
    for one in lessons().values():
        if one.levels:
            assert "## Exercises" in (shelf / one.notebook).read_text("utf-8") or one.number == "00", (
                one.number
            )


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


@pytest.mark.parametrize(("solved", "points"), [(False, 0.0), (True, 1.0)])
def test_an_assignment_runs_from_top_to_bottom(
    solved: bool, points: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ipykernel", reason="the lab's extras are not installed")
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    monkeypatch.setenv("LABIMG_STATIC", "1")
    found = nbformat.reads(author.text(lessons()["00"], solved=solved), as_version=4)
    resources = {"metadata": {"path": tmp_path}}
    nbclient.NotebookClient(found, timeout=120, kernel_name="python3", resources=resources).execute()
    graded_cell = found.cells[-1]
    assert float(graded_cell.outputs[-1].data["text/plain"]) == points
    told = [one for cell in found.cells for one in cell.get("outputs", ())]
    assert not [one for one in told if one.get("name") == "stderr" or one.output_type == "error"]


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
