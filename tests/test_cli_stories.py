r"""Whole sessions at the command line, as a student sees them: tests/golden/stories.

A story is a transcript.  `$ ` is a command, plain lines are stdout, `! ` is stderr, `[rc=N]` an exit
code that is not 0, `\\` says that stdout did not end its line.  `@ NAME` with `| ` lines makes a file,
`@tick N` lets N seconds pass.  IDs are written as id0000000001, in order of appearance.
`LABIMG_RECORD=1` writes down what is printed instead of judging it.
"""

import io
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from labimg.cli import run
from labimg.clock import LabClock
from labimg.engine import Engine

ID = re.compile(r"\b(?!0{12})(?:[0-9a-f]{64}|[0-9a-f]{12})\b")
STORIES = sorted((Path(__file__).parent / "golden" / "stories").glob("*.txt"))


class Session:
    """A lab in a folder of its own, and the IDs that were seen in it."""

    def __init__(self) -> None:
        self.engine = Engine.memory()
        self.seen: dict[str, str] = {}

    def command(self, line: str) -> list[str]:
        """What one command prints, as a transcript has it."""
        typed, *words = line.split(" | ", 1) if line.startswith("echo ") else ("", line)
        words, into = self.redirected(shlex.split(words[0]))
        piped = typed.removeprefix("echo ").encode() + b"\n" if typed else b""
        stdin = io.BytesIO(Path(words.pop()).read_bytes() if words[-2:-1] == ["<"] else piped)
        if words[-1] == "<":
            words.pop()
        out, err = io.BytesIO(), io.BytesIO()
        code = run(self.engine, words[1:], stdin=stdin, stdout=out, stderr=err)
        if into:
            Path(into).write_bytes(out.getvalue())
            out = io.BytesIO()
        printed = self.named(out.getvalue().decode().replace("\r\n", "\n"))
        said = self.named(err.getvalue().decode())
        lines = printed.removesuffix("\n").split("\n") if printed else []
        lines += ["\\"] if printed and not printed.endswith("\n") else []
        lines += [f"! {text}".rstrip() for text in said.splitlines()]
        return lines + ([f"[rc={code}]"] if code else [])

    @staticmethod
    def redirected(words: list[str]) -> tuple[list[str], str]:
        return (words[:-2], words[-1]) if words[-2:-1] == [">"] else (words, "")

    def named(self, text: str) -> str:
        """`text` with its IDs by number, each as long as it was, and this folder as HERE."""

        def number(found: re.Match[str]) -> str:
            name = self.seen.setdefault(found[0][:12], f"id{len(self.seen) + 1:010}")
            return name + "." * (len(found[0]) - 12)

        return ID.sub(number, text.replace(os.getcwd(), "HERE"))


def told(story: str) -> Iterator[tuple[str, list[str]]]:
    """The commands and directives of a story, each with the lines below it."""
    blocks: list[tuple[str, list[str]]] = []
    for line in story.splitlines():
        if line.startswith(("$ ", "@", "#")):
            blocks.append((line, []))
        else:
            blocks[-1][1].append(line)
    return iter(blocks)


def played(story: str) -> Iterator[str]:
    """The story, with what really is printed."""
    session = Session()
    for line, below in told(story):
        yield line
        if line.startswith("$ "):
            yield from session.command(line[2:])
            continue
        if line.startswith("@tick "):
            assert isinstance(session.engine.clock, LabClock)
            session.engine.clock.tick(float(line[6:]))
        elif line.startswith("@ "):
            path = Path(line[2:])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(f"{text[2:]}\n" for text in below), "utf-8")
            path.chmod(0o644)
        yield from below


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_the_story_goes_as_told(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    story = path.read_text("utf-8")
    ours = "".join(f"{line}\n" for line in played(story))
    if os.environ.get("LABIMG_RECORD"):
        path.write_text(ours, "utf-8")
    assert ours == path.read_text("utf-8")
