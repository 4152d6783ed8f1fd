"""A lab in which much has happened, and every panel of it."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from labimg import Lab
from labimg.show.goal import progress
from labimg.show.panel import Panel

FILES = {
    "Dockerfile": "FROM busybox\nENV A=1\nCOPY page /page\nRUN echo hi > /b\n",
    "page": "one",
    "shop": "FROM busybox\nCOPY page /shop\nRUN rm /etc/group\n",
}
LINES = """build -t web:1 .
build -t web:1 .
build -q -f shop -t shop .
run --name box web:1 sh -c 'echo x > /c'
save -o both.tar web:1 shop
login -u ada -p x
tag web:1 ada/web
push ada/web"""


@cache
def _worked() -> Lab:
    lab = Lab(files=FILES)
    for number, line in enumerate(LINES.splitlines()):
        result = lab.docker(line)
        assert not result.code, result
        if number == 0:
            lab.write("page", "two")
    return lab


def busy() -> Lab:
    """The lab at its last world, 7."""
    lab = _worked()
    lab.goto(99)
    return lab


def panels(lab: Lab) -> dict[str, Panel]:
    """One panel of each kind."""
    other = Lab()
    other.docker("pull busybox")
    return {
        "predict": Lab().predict("How many?", ["one", "two"], answer="two", because="So it is."),
        "revealed": Lab("b").predict("How many?", [1, 2], answer=2).seal("a").reveal(),
        "travel": lab.travel(),
        "compare": lab.compare(1, 3),
        "terminal": lab.terminal("images", "rmi nobody"),
        "names": lab.names(),
        "names since 1": lab.names(1),
        "disk": lab.disk(),
        "cache": lab.cache(),
        "archive": lab.archive("both.tar"),
        "transfer": lab.transfer(),
        "goal": lab.goal(other),
        "progress": progress({"a-1": {"state": "correct"}}, {"a-1": "One", "b-1": "Two"}),
    }


def strings(value: Any) -> Iterator[str]:
    """Every text in plain data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strings(part)
