"""BuildKit's own parser, which the package `dockerfile` has in a wheel, and Docker's builder judge ours.

The wheel's is of version 0.12.5: it does not know the directive `check`, and its binding tells of a
trigger neither flags nor heredocs, and of an unknown instruction only its name.
"""

from collections import Counter
from collections.abc import Callable

import pytest
from judge.daemon import PROGRAMS, Daemon
from judge.dockerfiles import KNOWN, dockerfile
from unreadable import BODIES, TEXTS

from labimg.dockerfile import Instruction
from labimg.dockerfile.line import read
from labimg.dockerfile.source import Source
from labimg.dockerfile.words import SPACE
from labimg.errors import DockerError

COUNT = 3000

EXAMPLES = [
    'FROM a\nCMD ["a"] foo',
    "FROM a\nRUN a \\\\\n\\\nb",
    "# escape=`\nFROM a\nRUN a `\n b",
    '# escape=`\nFROM a\nRUN --mount=a\\ b=`"c`" `"d',
    'FROM a\nCOPY <<"E" <<-F /x\na\nE\n\tb\n\tF\n',
    "FROM a\nENV a\\=b=c 'd'e=f g=\\",
    "FROM a\r\nRUN <<E\r\nx\r\nE\r\n",
    'FROM a\nHEALTHCHECK --interval=5s CMD ["a", "b"]\nHEALTHCHECK x',
    "FROM a\nCOPY --from=é --chown=à b c\nHEALTHCHECK CMD \u2028 é",
    'FROM a\nHEALTHCHECK CMD \u00a0["a"]',
    "RUN " + "x" * 70_000,
    "FROM a\nRUN <<E\n" + "x" * 70_000 + "\nE",
    *(f"FROM a\nRUN a\\\n{'x' * length}{end}" for length in (65_535, 65_536) for end in ("", "\n")),
]

Told = list[tuple[object, ...]] | str  # the instructions, or why there are none


def ours(text: str) -> Told:
    """What the judge would tell of `text`, in our reading."""
    source = Source(text)
    try:
        return [_told(instruction, source.escape) for instruction in source.instructions()]
    except DockerError as refused:
        return str(refused)


def _told(instruction: Instruction, escape: str) -> tuple[object, ...]:
    flags = tuple(f"--{name}" + ("" if value is None else f"={value}") for name, value in instruction.flags)
    docs = tuple((doc.name, doc.descriptor, doc.content) for doc in instruction.heredocs)
    place = (instruction.name, instruction.text, instruction.line, instruction.last, flags)
    if instruction.name == "ONBUILD" and instruction.words:
        trigger = read(instruction.value.split("\n")[0], escape)
        return (*place, trigger.name, *_arguments(trigger.name, trigger.json, trigger.words))
    return (*place, None, *_arguments(instruction.name, instruction.json, instruction.words), docs)


def _arguments(name: str, json: bool, words: tuple[str, ...]) -> tuple[object, ...]:
    """The arguments of an instruction of a name that has any."""
    return (json, words) if name in {*KNOWN} - {"ONBUILD"} else ()


def theirs(text: str) -> Told:
    """What BuildKit tells of `text`."""
    judge = pytest.importorskip("dockerfile", reason="BuildKit's parser is not installed")
    told: list[tuple[object, ...]] = []
    try:
        for it in judge.parse_string(text):
            docs = tuple((doc.name, doc.file_descriptor, doc.content) for doc in it.heredocs)
            line = (it.original or "").split("\n")[0].strip(SPACE)
            place = ((it.cmd or "").upper(), line, it.start_line, it.end_line, it.flags)
            sub = it.sub_cmd and it.sub_cmd.upper()
            rest = _arguments(sub or place[0], it.json, it.value)
            told.append((*place, sub, *rest) if sub else (*place, None, *rest, docs))
    except judge.GoParseError as refused:
        return str(refused)
    return told


@pytest.mark.judge
@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: repr(text[:30]))
def test_buildkit_reads_the_same(text: str) -> None:
    assert ours(text) == theirs(text)


@pytest.mark.judge
def test_buildkit_reads_thousands_of_dockerfiles_as_we_do(
    record_property: Callable[[str, object], None],
) -> None:
    seen: Counter[str] = Counter()
    for number in range(COUNT):
        text = dockerfile(number)
        mine, judged = ours(text), theirs(text)
        assert mine == judged, f"Dockerfile {number}: {text!r}"
        if isinstance(mine, str):
            seen.update(["refused", mine.split(" in ")[0]])
        else:
            seen.update(["read", *(str(told[0]) for told in mine)])
            seen["heredoc"] += sum(told[-1] != () for told in mine)
    assert min(seen[name] for name in KNOWN) > 50, "a form is missing among the Dockerfiles"
    assert min(seen["read"], 3 * seen["refused"], 10 * seen["heredoc"]) > COUNT / 2
    record_property("judged", f"{COUNT} Dockerfiles ({seen['read']} read, {seen['refused']} refused)")


NEWER = ("--link", "<<")  # BuildKit's, which the classic builder does not know


@pytest.mark.judge(*PROGRAMS)
def test_docker_refuses_what_cannot_be_read_in_the_same_words(dockerd: Daemon) -> None:
    rows = [(f"FROM base\n{body}\n", sentence) for body, sentence in BODIES] + TEXTS
    rows = [row for row in rows if not any(newer in row[0] for newer in NEWER)]
    said = [dockerd("build", "-q", "-", stdin=text.encode()).err.decode() for text, _ in rows]
    told = [text.partition("Error response from daemon: ")[2].strip() for text in said]
    assert told == [sentence.strip() for _, sentence in rows]
