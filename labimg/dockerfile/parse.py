"""A Dockerfile's text becomes stages of instructions, or is refused as the classic builder would."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from labimg import errors
from labimg.dockerfile.instruction import Instruction
from labimg.dockerfile.rules import check
from labimg.dockerfile.source import Source
from labimg.errors import DockerError

CHANGES = {  # what `docker commit --change` and `docker import --change` may say
    "CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "ONBUILD", "USER", "VOLUME", "WORKDIR",
}  # fmt: skip


class Stage(NamedTuple):
    """FROM and what follows it, up to the next FROM."""

    number: int  # the first is 0
    start: Instruction  # the FROM itself
    instructions: tuple[Instruction, ...]  # those after it

    @property
    def base(self) -> str:
        """The image or stage it begins with; variables are still in it."""
        return self.start.words[0]

    @property
    def name(self) -> str:
        """What stands after AS, in lower case; "" if nothing does."""
        return self.start.words[2].lower() if len(self.start.words) == 3 else ""


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """A text that has been read and not yet refused; one goes through it by its instructions."""

    instructions: tuple[Instruction, ...]
    arguments: tuple[Instruction, ...]  # the ARGs before the first FROM
    stages: tuple[Stage, ...]
    escape: str = "\\"
    directives: tuple[tuple[str, str], ...] = ()  # `# syntax=`, `# escape=`, `# check=`
    gaps: tuple[str, ...] = ()  # instructions that go on over an empty line

    def __iter__(self) -> Iterator[Instruction]:
        return iter(self.instructions)

    def upto(self, target: str) -> tuple[Stage, ...]:
        """The stages up to the one called `target`; all of them if that is "".

        Raises:
            NoTarget: no stage has this name.
        """
        for stage in self.stages:
            if target and stage.name == target.lower():
                return self.stages[: stage.number + 1]
        if target:
            raise errors.NoTarget(target)
        return self.stages


def parse(text: str, name: str = "Dockerfile") -> Dockerfile:
    r"""The Dockerfile in `text`; `name` is the file's, for the sentences.

    >>> parse("FROM base AS one\nCOPY --from=two a /b").stages[0].instructions[0].words
    ('a', '/b')

    Raises:
        EmptyDockerfile: there is no text.
        NotParsed: the text does not fall into instructions.
        AtLine: an instruction is not as it must be.
        NoStage: something stands before the first FROM.
    """
    if not text:
        raise errors.EmptyDockerfile(name)
    source = Source(text)
    try:
        instructions = tuple(source.instructions())
    except DockerError as cause:
        raise errors.NotParsed(name, cause) from None
    arguments: list[Instruction] = []
    stages: list[list[Instruction]] = []
    for instruction in instructions:
        try:
            check(instruction)
        except DockerError as cause:
            raise errors.AtLine(instruction.line, cause) from None
        if instruction.name == "FROM":
            stages.append([instruction])
        elif stages:
            stages[-1].append(instruction)
        elif instruction.name == "ARG":
            arguments.append(instruction)
        else:
            raise errors.NoStage()
    return Dockerfile(
        instructions,
        tuple(arguments),
        tuple(Stage(index, start, tuple(rest)) for index, (start, *rest) in enumerate(stages)),
        source.escape,
        tuple(source.directives.items()),
        tuple(source.gaps),
    )


def parse_changes(changes: Iterable[str]) -> tuple[Instruction, ...]:
    """The instructions in the `--change` options of commit and import.

    Raises:
        NoChange: an instruction that may not stand here.
        InvalidParameter: as `parse` would say, without file and line.
    """
    instructions = tuple(Source("\n".join(changes)).instructions())
    for instruction in instructions:
        if instruction.name not in CHANGES:
            raise errors.NoChange(instruction.name.lower())
    for instruction in instructions:
        check(instruction)
    return instructions


def parse_trigger(text: str) -> Instruction:
    """The instruction that an ONBUILD has kept.

    Raises:
        InvalidParameter: as `parse` would say, without file and line.
    """
    instruction, *_ = Source(text).instructions()
    check(instruction)
    return instruction
