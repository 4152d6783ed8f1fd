"""The course: its notebooks are sound, teach what they owe, and use no word before it is explained."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("nbformat", reason="the lab's extras are not installed")

import nbformat

from labimg.cli.table import GROUPS, NAMES
from labimg.course.level import Level, find

ROOT = Path(__file__).parent.parent
SHELF = ROOT / "notebooks"
LEVELS = ROOT / "exercises" / "levels"

COURSE = (
    "00-start", "01-template", "02-union", "03-whiteout", "04-nginx-floor-by-floor", "05-names", "06-inside",
    "07-removing", "08-registries", "09-suitcases", "10-size", "11-capstone", "12-your-own-image",
)  # fmt: skip
NOTEBOOKS = sorted(SHELF.glob("[0-9][0-9]-*.ipynb"))
NUMBERS = {path.name[:2]: path for path in NOTEBOOKS}
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)

OWED = set("images tag pull push search rmi build save load import inspect history prune".split())
ELSEWHERE = {
    "buildx",
    "compose",
    "context",
    "cp",
    "manifest",
    "scout",
    "volume",
}  # Docker has them, the lab has not

ANATOMY = {  # what every lesson has, and how it is recognised
    "title": r"\A# \d\d · \S",
    "minutes": r"\b\d+ minutes\b",
    "objectives": r"^.*\b(objectives|you can|you will be able|be able to)\b(.*\n)+?(\s*[-*1] .*\n){3,5}",
    "words": r"^#+ .*\b(words?|glossary)\b",
    "predict": r"^(#+ |\*\*).*\bpredict\b",
    "do": r"^(#+ |\*\*).*\bdo\b",
    "see": r"^(#+ |\*\*).*\bsee\b",
    "explain": r"^(#+ |\*\*).*\bexplain\b",
    "misconception": r"^> \*\*You may think(.*\n)+?.*\*\*In fact",
    "exercises": r"^#+ .*\bexercises?\b",
    "recap": r"^#+ .*\brecap\b",
    "real machine": r"^#+ .*\bon a real machine\b(.*\n)+?```(sh|bash|shell|console)",
    "exit ticket": r"^#+ .*\bexit ticket\b(.*\n)+?(.*<details>(.*\n)+?){3}",
}
SPARED = {  # an exam teaches nothing new; the last notebook has no exercises of its own
    "11": {"words", "predict", "do", "see", "explain", "misconception"},
    "12": {"exercises"},
}
ROUNDS = 3


@cache
def notebook(path: Path) -> Any:
    """The notebook as it is stored, whatever its version."""
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]


def cells(path: Path) -> list[Any]:
    return list(notebook(path).cells)


def text(path: Path) -> str:
    """All that its author wrote for reading."""
    return "\n\n".join(cell.source for cell in cells(path) if cell.cell_type == "markdown") + "\n"


def prose(path: Path) -> str:
    """The same without code, addresses, markup and the title of the lesson that comes next."""
    plain = re.sub(r"```.*?```|`[^`\n]*`|^Next: [^\n]*", " ", text(path), flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"\]\([^)]*\)|</?[a-z][^>]*>", " ", plain)


def everything(path: Path) -> str:
    """Prose, code and what the code printed."""
    told = [cell.source for cell in cells(path)]
    return "\n".join([*told, *(printed(cell) for cell in cells(path))])


def printed(cell: Any) -> str:
    """What a cell printed or displayed as text."""
    outputs = cell.get("outputs", ())
    return "".join(
        output.get("text", "") or output.get("data", {}).get("text/plain", "") for output in outputs
    )


def typed(cell: Any) -> Iterator[str]:
    """The docker commands in a cell, each without the word docker."""
    if cell.cell_type == "markdown":
        yield from re.findall(r"`docker +([^`\n]+)`", re.sub(r"```.*?```", "", cell.source, flags=re.DOTALL))
        return
    if cell.source.startswith("%%dockerfile"):
        yield "build"
        return
    if cell.source.startswith("%%docker"):
        yield from re.findall(r"^(?:docker +)?([a-z].*)", cell.source.partition("\n")[2], re.MULTILINE)
        return
    if not cell.source.startswith("%%"):
        yield from re.findall(r"^\s*(?:\w+ *= *)?[!%]?docker +(.+)", cell.source, re.MULTILINE)
        yield from re.findall(r"\.docker\(\s*f?[\"'](.+?)[\"']", cell.source)


def command(line: str) -> str:
    """The name of a command, of two words in a group; nothing if a mere `--help` is asked."""
    words = re.sub(r"^(--context|-c)[ =]\S+ +", "", line).split()
    name = " ".join(words[:2]) if words[0] in GROUPS else words[0]
    return name if re.fullmatch(r"[a-z][a-z -]*", name) else ""


def number(path: Path) -> str:
    return path.name[:2]


@cache
def table(name: str, key: str) -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads((SHELF / name).read_text(encoding="utf-8"))[key])


def words() -> tuple[dict[str, Any], ...]:
    return table("glossary.toml", "word")


def concepts() -> tuple[dict[str, Any], ...]:
    return table("coverage.toml", "concept")


def word(term: str) -> re.Pattern[str]:
    """A term wherever it stands as a word, in the singular or the plural, with a hyphen or a space."""
    *first, last = re.split(r"[\s-]+", term)
    last = (
        f"{re.escape(last[:-1])}(?:y|ies)" if re.search(r"[^aeiou]y$", last) else f"{re.escape(last)}(?:e?s)?"
    )
    return re.compile(r"\b" + r"[\s-]+".join([*map(re.escape, first), last]) + r"\b", re.IGNORECASE)


def test_no_lesson_is_missing() -> None:
    assert [path.stem for path in NOTEBOOKS] == list(COURSE)


@each
def test_a_notebook_is_valid_and_holds_no_state_of_a_widget(path: Path) -> None:
    stored = notebook(path)
    nbformat.validate(stored)
    assert (stored.nbformat, stored.nbformat_minor) == (4, 5)
    assert "widgets" not in stored.metadata
    assert stored.metadata.kernelspec.name == "python3"
    assert not [cell.id for cell in stored.cells if "execution" in cell.metadata], "the times of a run"


@each
def test_cell_ids_are_words_and_stay(path: Path) -> None:
    ids = [cell.id for cell in cells(path)]
    assert len(ids) == len(set(ids))
    assert not [id for id in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id)]
    assert not [id for id in ids if re.fullmatch(r"[0-9a-f]{8}", id)], "made by chance"


@each
def test_a_notebook_was_run_once_from_top_to_bottom(path: Path) -> None:
    code = [cell for cell in cells(path) if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert code[0].source == "%load_ext labimg"
    assert not [cell.id for cell in code for output in cell.outputs if output.output_type == "error"
                and "raises-exception" not in cell.metadata.get("tags", ())]  # fmt: skip


@each
def test_a_notebook_does_not_tell_where_it_was_made(path: Path) -> None:
    raw = path.read_text(encoding="utf-8")
    assert str(ROOT) not in raw
    assert "site-packages" not in raw


@each
@pytest.mark.parametrize("part", ANATOMY)
def test_a_lesson_has_all_its_parts(path: Path, part: str) -> None:
    if part in SPARED.get(number(path), ()):
        return
    found = re.findall(ANATOMY[part], text(path), re.MULTILINE | re.IGNORECASE)
    assert len(found) >= (ROUNDS if part in {"predict", "do", "see", "explain"} else 1)


@each
def test_every_command_shown_is_one_that_the_lab_knows(path: Path) -> None:
    unknown = [
        f"{cell.id}: docker {line}"
        for cell in cells(path) if "unknown command" not in printed(cell)
        for line in typed(cell)
        if (name := command(line)) and name not in {"help", *NAMES, *GROUPS, *ELSEWHERE}
    ]  # fmt: skip
    assert not unknown


@each
def test_no_word_is_used_before_it_is_explained(path: Path) -> None:
    told = prose(path)
    early = [
        f"{entry['term']} of {entry['notebook']}: ...{told[max(0, m.start() - 40) : m.end() + 20]!r}"
        for entry in words() if entry["notebook"] > number(path)
        if (m := word(entry["term"]).search(told))
    ]  # fmt: skip
    assert not early


@each
def test_new_words_stand_in_bold_and_in_the_glossary(path: Path) -> None:
    owed = {entry["term"].lower() for entry in words() if entry["notebook"] == number(path)}
    bold = {term.lower() for term in re.findall(r"\*\*([^*\n]+)\*\*", text(path))}
    assert not owed - bold
    section = re.search(
        r"^#+ .*\b(?:words?|glossary)\b.*\n((?:(?!#).*\n)*)", text(path), re.MULTILINE | re.IGNORECASE
    )
    listed = {term.lower() for term in re.findall(r"\*\*([^*\n]+)\*\*", section[1])} if section else set()
    assert not listed - {entry["term"].lower() for entry in words()}


def test_a_word_of_the_glossary_is_explained_once() -> None:
    terms = [entry["term"].lower() for entry in words()]
    assert sorted(set(terms)) == sorted(terms)
    assert all(set(entry) == {"term", "notebook", "meaning"} for entry in words())
    assert {entry["notebook"] for entry in words()} <= {name[:2] for name in COURSE}


@pytest.mark.parametrize(
    ("term", "told"),
    [("layer", "Layers are"), ("library", "of libraries"), ("branch", "two branches"),
     ("image ID", "the image\nIDs"), ("read-only branch", "a read only branch")],
)  # fmt: skip
def test_a_word_is_found_in_every_form(term: str, told: str) -> None:
    assert word(term).search(told)


@pytest.mark.parametrize(
    ("term", "told"), [("layer", "the player"), ("tag", "stage"), ("build", "a building")]
)
def test_a_word_is_not_found_in_another(term: str, told: str) -> None:
    assert not word(term).search(told)


def debts() -> Iterator[Any]:
    """Every concept in every notebook that has to teach or practise it; one that is missing is told above."""
    for concept in concepts():
        for at in sorted({*concept["taught"], *concept["practised"]} & set(NUMBERS)):
            yield pytest.param(concept, at, id=f"{at}-{concept['source'][:40]}")


@pytest.mark.parametrize(("concept", "at"), list(debts()))
def test_what_the_course_owes_is_taught_and_practised(concept: dict[str, Any], at: str) -> None:
    path = NUMBERS[at]
    told = prose(path).lower()
    assert not [said for said in concept.get("named", ()) if not re.search(rf"\b{re.escape(said)}", told)]
    if wanted := concept.get("command"):
        ran = {command(line) for cell in cells(path) if cell.cell_type == "code" for line in typed(cell)}
        same = {name for name in NAMES if NAMES[name] is NAMES[wanted] or name.split()[-1] == wanted}
        assert ran & same, f"no cell runs docker {wanted}"
    assert not [said for said in concept.get("shown", ()) if said not in everything(path)]


def test_every_command_of_the_source_has_its_row() -> None:
    rows = {str(concept.get("command", "")).split(" ")[-1] for concept in concepts()}
    assert rows >= OWED
    assert all({"named", "command", "shown"} & set(concept) and concept["assessed"] for concept in concepts())


def levels() -> dict[str, set[str]]:
    """The exercises of each lesson that has any."""
    read = (tomllib.loads(path.read_text(encoding="utf-8")) for path in LEVELS.glob("[0-9][0-9].toml"))
    return {lesson["lesson"]: {level["id"] for level in lesson["level"]} for lesson in read}


def test_what_the_course_owes_is_assessed() -> None:
    written = levels()
    assert not [
        (concept["source"], exercise)
        for concept in concepts()
        for exercise in concept["assessed"]
        if exercise not in written.get(exercise[:2], {exercise})
    ]


def said(level: Level) -> str:
    """All that a level says, asks, and takes for an answer."""
    asked = [f"{ask.text} {ask.truth}" for ask in level.asks]
    judged = [f"{one.name} {one.why} {one.how}" for one in level.criteria]
    answers = [attempt.answer for attempt in (*level.rights, *level.wrongs)]
    done = ["docker build"] if level.kind == "dockerfile" else []  # what is done with such an answer
    return " ".join([*done, level.task, level.script, level.reveal, *level.hints, *asked, *judged, *answers])


def test_an_exercise_that_assesses_a_command_is_about_it() -> None:
    assert not [
        (wanted, exercise)
        for concept in concepts() if (wanted := concept.get("command"))
        for exercise in concept["assessed"]
        if not re.search(rf"\b{wanted.split()[-1]}\b", said(find(exercise)))
    ]  # fmt: skip


@each
def test_the_exercises_of_a_lesson_are_those_that_its_levels_check(path: Path) -> None:
    named = set(re.findall(r"%level +(\d\d-E\d+)", everything(path)))
    known = levels().get(number(path), named)
    assert named == known or not named  # a lesson whose cells are still to come names none


def test_no_lesson_lacks_its_exercises() -> None:
    assert set(levels()) >= {name[:2] for name in COURSE[1:-1]}


@each
def test_the_readme_names_every_lesson_with_its_minutes_and_what_one_learns(path: Path) -> None:
    rows = re.findall(
        r"^\| \[(\d\d) [^]]+\]\(notebooks/([^)]+)\) \| (\d+) \| (.+) \|$",
        (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE,
    )  # fmt: skip
    told = {file: (lesson, minutes, learned) for lesson, file, minutes, learned in rows}
    lesson, minutes, learned = told[path.name]
    assert lesson == number(path) and len(learned) > 20
    assert re.search(r"\b(\d+) minutes\b", text(path))[1] == minutes  # type: ignore[index]
