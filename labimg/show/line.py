r"""A command line as a student types it, cut into words the way a shell does.

There is no shell behind it: what needs one (a pipe, a redirection, a second command) is
refused with a word on how to do it here, and never half done.

>>> words("build -t web . --label 'a b'   # a comment")
['build', '-t', 'web', '.', '--label', 'a b']
"""

import re

_BLANK = re.compile(r"(?:\s|\\\n)+")
_WORD = re.compile(r"""(?:[^\s'"\\|<>;&()]|\\.|'[^']*'|"(?:\\.|[^"\\])*")+""", re.DOTALL)
_PART = re.compile(r"""'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|([^'"\\]+)""", re.DOTALL)

_INSTEAD = {
    "|": "take the output into Python (out = !docker ...), or open a terminal and use labimg there",
    ">": "use the command's own -o FILE, or take the output into Python: out = !docker ...",
    "<": "use the command's own -i FILE",
    ";": "put one command on a line",
    "&": "put one command on a line",
    "(": "put the word into quotes",
    ")": "put the word into quotes",
}


class NeedsShell(ValueError):
    """A line that only a real shell could run."""


def words(line: str) -> list[str]:
    """The words of a command line; a comment at its end is left out.

    Raises:
        NeedsShell: there is a pipe, a redirection, another command, or a quote left open.
    """
    found = []
    at = 0
    while at < len(line):
        if blank := _BLANK.match(line, at):
            at = blank.end()
        elif line[at] == "#":
            at = line.find("\n", at) if "\n" in line[at:] else len(line)
        elif line[at] in _INSTEAD:
            raise NeedsShell(f"'{line[at]}' needs a shell, and this is none: {_INSTEAD[line[at]]}")
        elif word := _WORD.match(line, at):
            found.append("".join(map(_unquoted, _PART.finditer(word[0]))))
            at = word.end()
        else:
            raise NeedsShell("a quote is left open")
    return found


def _unquoted(part: re.Match[str]) -> str:
    single, double, escaped, plain = part.groups()
    if double is not None:
        return re.sub(r'\\([\\"$`\n])', lambda kept: "" if kept[1] == "\n" else kept[1], double)
    if escaped is not None:
        return "" if escaped == "\n" else escaped
    return single if single is not None else plain
