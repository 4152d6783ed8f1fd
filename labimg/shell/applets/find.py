"""find and xargs: programs that look for files, and run others on what they find."""

import posixpath
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import labimg.shell.mode as mode
from labimg.entry import Entry
from labimg.shell.kernel import join, why
from labimg.shell.machine import Call, Missing, Unusable, Usage, applet
from labimg.shell.options import options
from labimg.shell.pattern import compiled
from labimg.shell.stream import Stream

TYPES = {
    "f": ("file", "link"),
    "d": ("dir",),
    "l": ("symlink",),
    "p": ("fifo",),
    "c": ("char",),
    "b": ("block",),
}
DAY = 86_400  # seconds


@dataclass(slots=True)
class Place:
    """One path that `find` came upon."""

    path: str
    entry: Entry
    depth: int
    pruned: bool = False


Test = Callable[[Place], bool]


@dataclass(slots=True)
class _Finder:
    """Reads the expression, then walks."""

    call: Call
    words: list[str]  # still to read, the next one last
    least: int = 0
    most: int = 1 << 30
    depth_first: bool = False
    acts: bool = False  # something prints or runs
    gathered: dict[int, tuple[list[str], list[str]]] = field(default_factory=dict)  # for -exec ... +
    status: int = 0

    def expression(self) -> Test:
        """A -o b"""
        tests = [self._all()]
        while self.words and self.words[-1] in ("-o", "-or"):
            self.words.pop()
            tests.append(self._all())
        return tests[0] if len(tests) == 1 else lambda place: any(test(place) for test in tests)

    def _all(self) -> Test:
        tests = [self._one()]
        while self.words and self.words[-1] not in ("-o", "-or", ")"):
            if self.words[-1] in ("-a", "-and"):
                self.words.pop()
            tests.append(self._one())
        return lambda place: all(test(place) for test in tests)

    def _one(self) -> Test:
        word = self.words.pop() if self.words else ""
        if word in ("!", "-not"):
            inner = self._one()
            return lambda place: not inner(place)
        if word == "(":
            inner = self.expression()
            if not self.words or self.words.pop() != ")":
                raise Usage("" if self.call.busybox else "invalid expression; expected to find a ')'", 1)
            return inner
        return self._action(word) or self._test(word)

    def _value(self, word: str) -> str:
        if not self.words:
            raise Usage(
                f"missing argument to `{word}'" if not self.call.busybox else f"{word}: requires an argument"
            )
        return self.words.pop()

    def _test(self, word: str) -> Test:
        value = (
            "" if word in ("-empty", "-true", "-executable", "-readable", "-writable") else self._value(word)
        )
        match word:
            case "-name" | "-iname":
                ignore = word == "-iname"
                pattern = compiled(value.lower() if ignore else value)
                return lambda place: bool(
                    pattern.fullmatch(_name(place.path).lower() if ignore else _name(place.path))
                )
            case "-path" | "-wholename":
                whole = compiled(value)
                return lambda place: bool(whole.fullmatch(place.path))
            case "-type":
                kinds = [kind for letter in value.split(",") for kind in TYPES.get(letter, ())]
                return lambda place: place.entry.kind in kinds
            case "-size":
                return self._size(value)
            case "-newer":
                than = self.call.kernel.stat(value).mtime
                return lambda place: place.entry.mtime > than
            case "-mtime" | "-mmin":
                unit, now = (DAY if word == "-mtime" else 60), self.call.machine.now()
                return _compared(value, lambda place: (now - place.entry.mtime) // unit)
            case "-perm":
                return self._perm(value)
            case "-user":
                user = self.call.kernel.accounts.user(value)
                return lambda place: user is not None and place.entry.uid == user.uid
            case "-group":
                group = self.call.kernel.accounts.group(value)
                return lambda place: group is not None and place.entry.gid == group.gid
            case "-regex":
                expression = re.compile(value.replace(r"\(", "(").replace(r"\)", ")"))
                return lambda place: bool(expression.fullmatch(place.path))
            case "-empty":
                return self._empty
            case "-executable":
                return lambda place: self.call.kernel.allowed(place.path, 1)
            case "-true":
                return lambda place: True
            case "-maxdepth" | "-mindepth":
                if word == "-maxdepth":
                    self.most = int(value)
                else:
                    self.least = int(value)
                return lambda place: True
        raise Usage(f"unrecognized: {word}" if self.call.busybox else f"unknown predicate `{word}'")

    def _size(self, value: str) -> Test:
        found = re.fullmatch(r"([+-]?\d+)([cwbkMG]?)", value)
        if not found:
            raise Usage(f"Invalid argument `{value}' to -size")
        unit = {"c": 1, "w": 2, "": 512, "b": 512, "k": 1 << 10, "M": 1 << 20, "G": 1 << 30}[found[2]]
        return _compared(found[1], lambda place: -(-place.entry.size // unit))

    def _perm(self, value: str) -> Test:
        wanted = mode.changed(value.lstrip("-/"), Entry("", mode=0), 0) or 0
        if value.startswith("-"):
            return lambda place: place.entry.mode & wanted == wanted
        if value.startswith("/"):
            return lambda place: bool(place.entry.mode & wanted)
        return lambda place: place.entry.mode == wanted

    def _empty(self, place: Place) -> bool:
        if place.entry.is_dir:
            return not self.call.kernel.names(place.path)
        return place.entry.is_file and place.entry.size == 0

    def _action(self, word: str) -> Test | None:
        self.acts = self.acts or word in (
            "-print",
            "-print0",
            "-exec",
            "-delete",
            "-printf",
            "-ls",
            "-quit",
            "-ok",
        )
        match word:
            case "-print" | "-print0":
                end = "\n" if word == "-print" else "\0"
                return lambda place: self._say(place.path + end)
            case "-printf":
                form = self._value(word)
                return lambda place: self._say(_formatted(self.call, form, place))
            case "-ls":
                return lambda place: self._say(f"{mode.shown(place.entry)} {place.path}\n")
            case "-prune":
                return self._prune
            case "-delete":
                self.depth_first = True
                return self._delete
            case "-depth" | "-follow" | "-xdev" | "-mount":
                self.depth_first = self.depth_first or word == "-depth"
                return lambda place: True
            case "-exec" | "-ok":
                return self._exec()
        return None

    def _say(self, text: str) -> bool:
        self.call.say(text)
        return True

    @staticmethod
    def _prune(place: Place) -> bool:
        place.pruned = True
        return True

    def _delete(self, place: Place) -> bool:
        try:
            if place.entry.is_dir:
                self.call.kernel.rmdir(place.path)
            else:
                self.call.kernel.unlink(place.path)
        except OSError as error:
            self.status = self.call.unlike(
                f"cannot delete '{place.path}': {why(error)}", f"{place.path}: {why(error)}"
            )
            return False
        return True

    def _exec(self) -> Test:
        command: list[str] = []
        while self.words:
            word = self.words.pop()
            if word == ";" or (word == "+" and command and command[-1] == "{}"):
                break
            command.append(word)
        else:
            raise Usage(
                "missing argument to `-exec'" if not self.call.busybox else "-exec: requires an argument"
            )
        if word == "+":
            paths: list[str] = []
            self.gathered[len(self.gathered)] = (command[:-1], paths)

            def gather(place: Place) -> bool:
                paths.append(place.path)
                return True

            return gather
        return lambda place: self.run([part.replace("{}", place.path) for part in command]) == 0

    def run(self, command: list[str]) -> int:
        """Run a program on what was found."""
        try:
            return self.call.run(command)
        except Missing:
            self.call.unlike(
                f"'{command[0]}': No such file or directory", f"{command[0]}: No such file or directory"
            )
        except Unusable as unusable:
            self.call.complain(f"'{command[0]}': {unusable.reason}")
        return 1

    def walk(self, path: str, test: Test, depth: int = 0) -> None:
        """Test `path` and all below it."""
        self.call.machine.step()
        place = Place(path, self.call.kernel.stat(path, follow=False), depth)
        if not self.depth_first and depth >= self.least:
            test(place)
        if place.entry.is_dir and not place.pruned and depth < self.most:
            try:
                names = self.call.kernel.names(path)
            except OSError as error:
                self.status = self.call.unlike(f"'{path}': {why(error)}", f"{path}: {why(error)}")
                names = []
            for name in names:
                if self.call.kernel.find(join(path, name), follow=False):
                    self.walk(join(path, name), test, depth + 1)
        if self.depth_first and depth >= self.least:
            test(place)


def _name(path: str) -> str:
    return posixpath.basename(path.rstrip("/")) or "/"


def _compared(value: str, number: Callable[[Place], int]) -> Test:
    """`+3`: more than three, `-3`: fewer, `3`: exactly."""
    wanted = int(value.lstrip("+-"))
    if value.startswith("+"):
        return lambda place: number(place) > wanted
    if value.startswith("-"):
        return lambda place: number(place) < wanted
    return lambda place: number(place) == wanted


def _formatted(call: Call, form: str, place: Place) -> str:
    values = {
        "p": place.path, "f": _name(place.path), "s": str(place.entry.size), "m": f"{place.entry.mode:o}",
        "u": call.kernel.accounts.user_name(place.entry.uid), "h": posixpath.dirname(place.path) or ".",
        "g": call.kernel.accounts.group_name(place.entry.gid), "l": place.entry.target, "d": str(place.depth),
        "y": "f" if place.entry.is_file else place.entry.kind[0], "P": place.path.partition("/")[2], "%": "%",
        "M": mode.shown(place.entry), "U": str(place.entry.uid), "G": str(place.entry.gid),
    }  # fmt: skip
    text = re.sub(r"%(.)", lambda found: values.get(found[1], found[0]), form)
    return text.replace("\\n", "\n").replace("\\t", "\t").replace("\\0", "\0")


@applet("find")
def find(call: Call) -> int:
    """Look for files."""
    words = [word for word in call.argv[1:] if word not in ("-H", "-L", "-P")]
    paths: list[str] = []
    while words and not words[0].startswith("-") and words[0] not in ("!", "("):
        paths.append(words.pop(0))
    finder = _Finder(call, words[::-1])
    test: Test = finder.expression() if words else lambda place: True
    if finder.words:
        raise Usage(f"paths must precede expression: `{finder.words[-1]}'")
    if not finder.acts:
        asked = test

        def test(place: Place) -> bool:
            if asked(place):
                call.say(place.path + "\n")
            return True

    for path in paths or ["."]:
        try:
            call.kernel.stat(path, follow=False)
        except OSError as error:
            finder.status = call.unlike(f"'{path}': {why(error)}", f"{path}: {why(error)}")
            continue
        finder.walk(path, test)
    for command, found in finder.gathered.values():
        if found and finder.run(command + found):
            finder.status = 1
    return finder.status


@applet("xargs")
def xargs(call: Call) -> int:
    """Run a program on the words of the input."""
    found = options(
        call, "0n:I:rtL:P:d:", {"null": "0", "no-run-if-empty": "r", "max-args": "n"}, inside=False
    )
    text = call.stdin.read().decode(errors="surrogateescape")
    command = found.operands or ["echo"]
    if "0" in found:
        words = text.split("\0")[: -1 if text.endswith("\0") else None] if text else []
    elif "I" in found or "d" in found:
        words = [
            line.strip() for line in text.replace(found.value("d", "\n"), "\n").splitlines() if line.strip()
        ]
    else:
        words = shlex.split(text)
    status = 0
    for batch in _batches(words, found.value("I"), int(found.value("n") or found.value("L") or "0"), command):
        if not words and ("r" in found or (call.busybox and "r" in found)):
            break
        if "t" in found:
            call.warn(" ".join(batch) + "\n")
        try:
            code = call.run(batch, stdin=Stream())
        except Missing:
            call.complain(f"{command[0]}: No such file or directory")
            return 127
        except Unusable as unusable:
            call.complain(f"{command[0]}: {unusable.reason}")
            return 126
        status = 123 if code else status
    return status


def _batches(words: list[str], mark: str, count: int, command: list[str]) -> Iterator[list[str]]:
    """The command lines to run."""
    if mark:
        for word in words:
            yield [part.replace(mark, word) for part in command]
    elif count:
        for at in range(0, len(words), count):
            yield command + words[at : at + count]
    else:
        yield command + words
