"""Several things at once where the machine can, else one after the other in their order."""

import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Lock, Semaphore, Thread
from typing import Generic, Protocol, TypeVar

from labimg.entry import CHUNK, Stream

PIECE = 4 * CHUNK  # bytes
READY = 4  # pieces read ahead
ALONE = sys.platform == "emscripten"  # in a page of a browser, where no thread can be begun

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


def _single(number: int) -> bool:
    return number == 1 or ALONE


@contextmanager
def lanes(number: int) -> Iterator[Lanes]:
    """So many lanes; with one only, no thread is begun, and the order is always the same.

    When the block ends badly, what has not begun yet never will.
    """
    if _single(number):
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


def in_order(works: Iterable[Callable[[], T]], number: int) -> Generator[T]:
    """What comes of each of `works`, one after the other; in so many lanes, some are done before their turn.

    Never more than twice as many as there are lanes, so that what is done early does not pile up.
    """
    with lanes(number) as pool:
        early: deque[Outcome[T]] = deque()
        for work in works:
            early.append(pool.submit(work))
            if len(early) == 2 * number or _single(number):
                yield early.popleft().result()
        while early:
            yield early.popleft().result()


@contextmanager
def ahead(stream: Stream, number: int) -> Iterator[Stream]:
    """`stream`, read ahead in a lane of its own where there are several.

    To inflate, to hash and to write does not hold Python up, so that each goes on beside the others.
    """
    if _single(number):
        yield stream
        return
    reading = _Ahead(stream)
    try:
        yield reading
    finally:
        reading.close()


class _Ahead:
    """A stream whose next pieces a thread has ready."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._pieces: SimpleQueue[bytes | BaseException] = SimpleQueue()
        self._room = Semaphore(READY)
        self._closed = False
        self._rest = b""
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            while self._room.acquire() and not self._closed:
                piece = self._stream.read(PIECE)
                self._pieces.put(piece)
                if not piece:
                    return
        except BaseException as bad:
            self._pieces.put(bad)

    def read(self, size: int = -1, /) -> bytes:
        """The next `size` bytes, or fewer where a piece ends."""
        if size < 0:
            return b"".join(iter(lambda: self.read(PIECE), b""))
        if not self._rest:
            piece = self._pieces.get()
            if isinstance(piece, BaseException) or not piece:
                self._pieces.put(piece)  # the end comes as often as it is asked for
            if isinstance(piece, BaseException):
                raise piece
            self._rest = piece
            self._room.release()
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken

    def close(self) -> None:
        """Let the thread end."""
        self._closed = True
        self._room.release()
        self._thread.join()
