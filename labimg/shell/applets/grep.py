"""grep: lines that match."""

import re

import labimg.shell.regex as regex
from labimg.shell.kernel import join, why
from labimg.shell.machine import Call, Usage, applet
from labimg.shell.options import Options, options
from labimg.shell.pattern import compiled

LONG = {
    "ignore-case": "i", "invert-match": "v", "line-number": "n", "count": "c", "quiet": "q", "silent": "q",
    "files-with-matches": "l", "files-without-match": "L", "extended-regexp": "E", "fixed-strings": "F",
    "only-matching": "o", "recursive": "r", "word-regexp": "w", "line-regexp": "x", "regexp": "e",
    "no-filename": "h", "with-filename": "H", "max-count": "m", "no-messages": "s", "file": "f",
    "after-context": "A", "before-context": "B", "include": "I", "color": "C", "perl-regexp": "P",
    "text": "a",
}  # fmt: skip


@applet("grep", "egrep", "fgrep")
def grep(call: Call) -> int:
    """Print the lines of files that match a pattern; exit code 1 if none does, 2 in trouble."""
    found = options(call, "ivncqlLEFGorRwxe:hHm:sf:A:B:I:CPa", LONG, code=1 if call.busybox else 2)
    if not found.values("e") and not found.values("f"):
        if not found.operands:
            if not call.busybox:
                call.warn(f"Usage: {call.name} [OPTION]... PATTERNS [FILE]...\n")
            raise Usage("", 1 if call.busybox else 2)
        found.given.append(("e", found.operands.pop(0)))
    try:
        search = _Search(call, found)
    except regex.BadPattern as bad:
        call.complain(str(bad))
        return 2
    recursive = "r" in found or "R" in found
    paths = found.operands or (["."] if recursive else ["-"])
    search.named = "H" in found or ((len(paths) > 1 or recursive) and "h" not in found)
    for path in paths:
        search.path(path, recursive=recursive)
        if search.matched and "q" in found:
            return 0
    return 2 if search.troubled else 0 if search.matched else 1


class _Search:
    def __init__(self, call: Call, found: Options) -> None:
        self.call = call
        self.found = found
        self.named = self.matched = self.troubled = False
        patterns = [line for text in found.values("e") for line in text.split("\n")]
        for path in found.values("f"):
            patterns += call.open(path).read().decode(errors="surrogateescape").splitlines()
        name = call.argv[0]
        fixed = "F" in found or name.endswith("fgrep")
        extended = "E" in found or "P" in found or name.endswith("egrep")
        self.tests = []
        for pattern in patterns:
            text = re.escape(pattern) if fixed else regex.translated(pattern, extended=extended)
            text = rf"(?<!\w)(?:{text})(?!\w)" if "w" in found else rf"^(?:{text})$" if "x" in found else text
            try:
                self.tests.append(re.compile(text, re.IGNORECASE if "i" in found else 0))
            except re.error as error:
                raise regex.BadPattern(str(error)) from None

    def path(self, path: str, *, recursive: bool) -> None:
        """Search one file, or with -r a directory."""
        call = self.call
        try:
            entry = None if path == "-" else call.kernel.stat(path)
            if entry is not None and entry.is_dir:
                if recursive:
                    for name in call.kernel.names(path):
                        inner = call.kernel.stat(join(path, name), follow=False)
                        if inner.is_dir or (inner.is_file and self._included(name)):
                            self.path(
                                join(path, name) if path != "." or self.found.operands else name,
                                recursive=True,
                            )
                elif not call.busybox:
                    call.complain(f"{path}: Is a directory")
                return
            data = call.open(path).read()
        except OSError as error:
            if "s" not in self.found:
                call.complain(f"{path}: {why(error)}")
            self.troubled = True
            return
        self._file(path, data)

    def _included(self, name: str) -> bool:
        globs = self.found.values("I")
        return not globs or any(compiled(glob).fullmatch(name) for glob in globs)

    def _file(self, path: str, data: bytes) -> None:
        found, call = self.found, self.call
        label = "(standard input)" if path == "-" else path
        binary = b"\0" in data and "a" not in found
        rows = data.decode(errors="surrogateescape").removesuffix("\n").split("\n") if data else []
        hits = [index for index, row in enumerate(rows) if self._matches(row) != ("v" in found)]
        if "m" in found:
            hits = hits[: int(found.value("m"))]
        self.matched = self.matched or bool(hits)
        prefix = f"{label}:" if self.named else ""
        if "q" in found:
            return
        if "l" in found or "L" in found:
            if bool(hits) == ("l" in found):
                call.say(label + "\n")
        elif "c" in found:
            call.say(f"{prefix}{len(hits)}\n")
        elif binary and hits:
            call.say(
                f"Binary file {label} matches\n"
                if call.busybox
                else f"{call.name}: {label}: binary file matches\n"
            )
        else:
            self._print(rows, hits, label)

    def _print(self, rows: list[str], hits: list[int], label: str) -> None:
        before, after = int(self.found.value("B", "0")), int(self.found.value("A", "0"))
        chosen = set(hits)
        last = -1
        for hit in hits:
            for index in range(max(0, hit - before, last + 1), min(len(rows), hit + after + 1)):
                if (before or after) and last >= 0 and index > last + 1:
                    self.call.say("--\n")
                last = index
                self._row(rows[index], index, label, ":" if index in chosen else "-")

    def _row(self, row: str, index: int, label: str, mark: str) -> None:
        head = (label + mark if self.named else "") + (f"{index + 1}{mark}" if "n" in self.found else "")
        if "o" in self.found:
            for test in self.tests:
                for match in test.finditer(row):
                    if match[0]:
                        self.call.say(f"{head}{match[0]}\n")
        else:
            self.call.say(f"{head}{row}\n")

    def _matches(self, row: str) -> bool:
        return any(test.search(row) for test in self.tests)
