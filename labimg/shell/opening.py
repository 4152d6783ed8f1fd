"""Redirections: which file each descriptor of a command stands for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from labimg.shell.kernel import STANDARD, why
from labimg.shell.stream import Stream
from labimg.shell.syntax import Redirect
from labimg.shell.words import Words


@dataclass
class Refused(Exception):
    """A file that cannot be opened for a command."""

    target: str
    reason: str
    reading: bool

    def phrase(self, shell: str) -> str:
        """The sentence of dash, ash or bash."""
        if shell == "bash":
            return f"{self.target}: {self.reason}"
        if self.target.startswith("/dev/fd/"):
            return f"{self.target.rpartition('/')[2]}: {self.reason}"
        unable = "cannot" if shell == "dash" else "can't"
        verb = "open" if self.reading else "create"
        reason = _MISSING[shell, verb] if self.reason == "No such file or directory" else self.reason
        return f"{unable} {verb} {self.target}: {reason}"


_MISSING: Final = {
    ("dash", "open"): "No such file",
    ("dash", "create"): "Directory nonexistent",
    ("ash", "open"): "no such file",
    ("ash", "create"): "nonexistent directory",
}


def open_file(redirect: Redirect, words: Words) -> None:
    """Open, close or copy a descriptor as `redirect` says, in the shell of `words`.

    Raises:
        Refused: the file cannot be opened.
    """
    files = words.state.files
    number = redirect.number if redirect.number is not None else 0 if redirect.op[0] == "<" else 1
    if redirect.here is not None:
        files[number] = Stream(words.text(redirect.here.body).encode(errors="surrogateescape"))
        return
    target = words.text(redirect.word)
    if redirect.op in ("<&", ">&") and target == "-":
        files.pop(number, None)
    elif redirect.op in ("<&", ">&") and target.isdigit():
        if int(target) not in files:
            raise Refused(f"/dev/fd/{target}", "Bad file descriptor", reading=True)
        files[number] = files[int(target)]
    else:
        try:
            files[number] = _file(redirect.op, target, words)
        except OSError as error:
            raise Refused(target, why(error), reading=redirect.op[0] == "<") from None
        if redirect.op in ("&>", ">&"):
            files[2] = files[number]


def _file(op: str, target: str, words: Words) -> Stream:
    kernel = words.state.kernel
    entry = kernel.find(target)
    number = STANDARD.get(entry.path if entry else target)
    if number is not None and number in words.state.files:
        return words.state.files[number]
    if op == "<":
        return kernel.open(target)
    if op == ">" and "C" in words.state.options and entry is not None and entry.is_file:
        raise FileExistsError(17, "File exists", target)
    kernel.write(target, b"", append=op in (">>", "<>"))
    return Stream(kernel.read(target) if op == "<>" else b"", _sink(target, words))


def _sink(target: str, words: Words) -> Callable[[bytes], object]:
    kernel = words.state.kernel
    return lambda data: kernel.write(target, data, append=True)
