"""Dockerfiles by chance: such as people write, and such as nobody should.

Each is a file of the usual shape (directives, stages, every instruction in all its forms, lines
that go on, comments between them, heredocs), and then, often, spoiled in a few places.
"""

import random
from collections.abc import Callable, Iterator

KNOWN = (
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL "
    "USER VOLUME WORKDIR"
).split()
UNKNOWN = ["FOO", "RUN:", "IMPORT", "É", "#RUN", "-", "F ROM", "COPYY", "「", "run\u00a0x"]

WORDS = [
    "a", "b.txt", "/srv/app", "./x/", "..", "*.go", "$HOME", "${A:-b}", "$", "a=b", "é", "한국어", "🐳",
    "a#b", "'single quoted'", '"double quoted"', "'open", '"open', "a\\ b", "a\\'b", '"a\\"b"', "\\", "\\\\",
    "`", "--", "--flag", "--f=1", "[", "]", "a\u00a0b", "\u2028", "\x85", "\x0b", "x\ty", "&&", "|", ";", "<",
    "<<", "<<<", "a<<b", "$((1<<2))", "{}", "http://example.org/x.tar", "git@host:x/y.git#main",
    "sha256:0123",
]  # fmt: skip
ARRAYS = [
    '["a", "b c"]', '["a","b"]', "[]", "[ ]", '[ "a" ,\t"b" ]', '["\\u00e9\\n\\"", "\\\\"]', '["a"] b',
    '["a"]["b"]', '["a", 1]', '["a", null]', "[true]", '[["a"]]', '[{"a": "b"}]', '["a"', '["a",]', "['a']",
    "[a, b]", '["a" "b"]', '["a\tb"]', '["\\ud83d\\ude00", "\\ud83d"]', '["a", "b]', '{"a": "b"}', '"a"',
    '["' + "x" * 40 + '"]', '["<<E"]',
]  # fmt: skip
FLAGS = [
    "--from=build", "--chown=1:2", "--chown='a b'", '--chown="a b"', "--link", "--link=true",
    "--mount=type=bind,target=/x", "--mount=type=cache,target=/x,id=a\\ b", "--platform=$BUILDPLATFORM",
    "--interval=5s", "--retries=3", "--exclude=*.md", "--", "--=", "--x='open", '--x="open', "--x\\",
    "--x=a\\\\b", "--\u00e9=1", "-x", "---", "--network=none", "--x=$Y",
]  # fmt: skip
PAIRS = [
    "A=1", "B=two\\ words", "C='three words'", 'D="four words"', 'E="a \\" b"', "F=$A", "G=", "=H", "I",
    "J=a=b", "'K L'=m", '"N O"=p', "Q=\\", "R='open", 'S="open', "T=a#b", "U=é", "V.w-x=1", "W=a\tb",
    "X='a'\"b\"c", "Y=`", "Z=\\\\",
]  # fmt: skip
HEREDOCS = [
    "<<EOF", "<<-EOF", "<<'EOF'", '<<"EOF"', "<<-'E F'", "3<<EOF", "<<E", "<<-E", "<< EOF", "<<EOF<<E",
    "<<E\\F", "<<é",
]  # fmt: skip
TEXTS = [
    "hello", "\tindented", "# no comment", "a \\", "RUN x", "", "  EOF", "\tEOF", "EOF ", "<<E", "é $x",
    "FROM b",
]  # fmt: skip
DIRECTIVES = [
    "# syntax=docker/dockerfile:1", "#syntax = x/y", "# escape=`", "# escape=\\", "#escape=`",
    "# ESCAPE = ` ", "# escape=x", "# escape=", "# foo=bar", "# a comment", "", "\t# escape=`", "# escape=``",
    "#\tescape\t=\t`", "# syntax", "# escape =\\\t",
]  # fmt: skip
SPOILS = [
    "\\\n", "`\n", "\n", "\r\n", " ", "\t", "#", "\\", "`", '"', "'", "[", "]", "<<E", "--", "=", "\u00a0",
    "é", ",", "\r", "ONBUILD ",
]  # fmt: skip


def dockerfile(seed: int) -> str:
    """The Dockerfile of that number, the same every time."""
    return Writer(random.Random(f"dockerfile {seed}")).file()


class Writer:
    """Writes one file; every choice is taken from `chance`."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.escape = "\\"

    def file(self) -> str:
        """Head and body, with line ends of one kind or of two, and perhaps spoiled."""
        lines = [*self._head(), *(line for _ in range(self._some(8)) for line in self._statement())]
        text = "\n".join(lines) + ("\n" if self._often(0.8) else "")
        if self._often(0.12):
            text = text.replace("\n", "\r\n", -1 if self._often(0.7) else self._some(4))
        for _ in range(self._some(3) if self._often(0.35) else 0):
            text = self._spoiled(text)
        return ("\ufeff" if self._often(0.05) else "") + text

    def _often(self, share: float) -> bool:
        return self.chance.random() < share

    def _some(self, most: int) -> int:
        return self.chance.randint(0, most)

    def _of(self, things: list[str], most: int = 4, least: int = 0) -> list[str]:
        return self.chance.choices(things, k=self.chance.randint(least, most))

    def _head(self) -> Iterator[str]:
        if self._often(0.35):
            yield from self._of(DIRECTIVES, 3, 1)
        if self._often(0.15):
            self.escape = "`"
            yield "# escape=`"
        if self._often(0.85):
            yield self.chance.choice(
                ["FROM base", "FROM base AS one", "from  base:1\tas Two", "FROM --platform=linux/arm64 a"]
            )

    def _statement(self) -> Iterator[str]:
        """An instruction, a comment or an empty line; then the heredocs that it announces."""
        if self._often(0.12):
            yield self.chance.choice(
                ["", "# a comment", "  \t", "\t# indented", "#", "# ends with \\", " #x"]
            )
            return
        name = self.chance.choice(KNOWN if self._often(0.93) else UNKNOWN)
        docs: list[str] = []
        if name in ("RUN", "COPY", "ADD") and self._often(0.35):
            docs = self._of(HEREDOCS, 2, 1)
        told = self._arguments(name, docs)
        blank = self.chance.choice([" ", " ", " ", "\t", "  ", " \t "])
        if self._often(0.12):
            name = self.chance.choice([name.lower(), name.title(), "ONBUILD " + name, "onbuild\t" + name])
        indent = self.chance.choice(["", "", "", "", " ", "\t", "\u00a0"])
        yield indent + self._folded(f"{name}{blank}{told}" if told else name)
        for doc in docs:
            yield from self._of(TEXTS, 3)
            if self._often(0.95):
                end = doc.lstrip("0123456789<").lstrip("-").strip("'\" ")
                yield ("\t" if doc.startswith("<<-") and self._often(0.5) else "") + end

    def _arguments(self, name: str, docs: list[str]) -> str:
        """What could stand after `name`: most often what should."""
        forms: dict[str, Callable[[], list[str]]] = {
            "ENV": self._pairs,
            "LABEL": self._pairs,
            "ARG": lambda: self._of(PAIRS, 2, 1),
            "FROM": lambda: [*self._of(WORDS, 1, 1), *(["AS", "stage"] if self._often(0.4) else [])],
            "HEALTHCHECK": lambda: [
                self.chance.choice(["CMD", "NONE", "cmd", "FOO"]),
                *self._array_or_words(),
            ],
        }
        told = forms.get(name, self._array_or_words)() if self._often(0.94) else []
        flags = self._of(FLAGS, 2, 1) if self._often(0.25) else []
        if docs:
            told = [*docs, *told] if self._often(0.7) else [*told, *docs]
        return self.chance.choice([" ", " ", " ", "  ", "\t"]).join(flags + told)

    def _array_or_words(self) -> list[str]:
        return self._of(ARRAYS, 1, 1) if self._often(0.35) else self._of(WORDS, 4)

    def _pairs(self) -> list[str]:
        old = ["NAME", *self._of(WORDS, 3)]
        return self._of(PAIRS, 4, 1) if self._often(0.75) else old

    def _folded(self, line: str) -> str:
        """`line` over several lines, here and there with a comment or nothing between them."""
        if not self._often(0.25):
            return line
        pieces = line.split(" ")
        out = pieces[0]
        for piece in pieces[1:]:
            out += " "
            if self._often(0.5):
                out += self.escape + self.chance.choice(["\n", "\n", "\n", "  \n", "\t\n", "\r\n"])
                out += "".join(
                    self._of(["# between\n", "\n", "  \n", "\t# in\n", "  "], 2) if self._often(0.4) else []
                )
            out += piece
        return out + (self.escape if self._often(0.1) else "")

    def _spoiled(self, text: str) -> str:
        """`text` with a few letters taken out, or something put in."""
        at = self._some(len(text))
        gone = self._some(3) if self._often(0.5) else 0
        return text[:at] + ("" if gone else self.chance.choice(SPOILS)) + text[at + gone :]
