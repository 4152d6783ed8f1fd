"""Several things at once where the machine can, else one after the other in their order."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


def in_turn(tell: Callable[[T], None]) -> Callable[[T], None]:
    """`tell`, so that whoever calls it from whichever lane is never interrupted."""
    lock = Lock()

    def told(what: T) -> None:
        with lock:
            tell(what)

    return told


class Outcome(Protocol[T_co]):
    """Something that is being done, or is done."""

    def result(self) -> T_co:
        """What came of it; waits for the end, and raises what went wrong."""


class Done(Generic[T]):
    """Something that was done at once."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._value = work()

    def result(self) -> T:
        """What came of it."""
        return self._value


class Lanes(Protocol):
    """Where to put work."""

    def submit(self, work: Callable[[], T], /) -> Outcome[T]:
        """Let `work` be done, now or soon."""


class _One:
    def submit(self, work: Callable[[], T], /) -> Outcome[T]:
        return Done(work)


@contextmanager
def lanes(number: int) -> Iterator[Lanes]:
    """So many lanes; with one only, no thread is begun, and the order is always the same.

    When the block ends badly, what has not begun yet never will.
    """
    if number == 1:
        yield _One()
        return
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(number)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    pool.shutdown(wait=True)
