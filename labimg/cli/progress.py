"""What is said while a build goes on: its steps."""

from labimg.build.events import (
    Built,
    Cached,
    ContextSent,
    Downloaded,
    Gaps,
    Made,
    Missed,
    Output,
    RemovedContainer,
    RunningIn,
    Step,
    Tagged,
    Triggers,
    Unused,
)
from labimg.units import human_size

_RED, _PLAIN = b"\x1b[91m", b"\x1b[0m"

BuildEvent = (
    ContextSent | Gaps | Step | Triggers | Downloaded | RunningIn | Output | Cached | Missed
    | RemovedContainer | Made | Unused | Built | Tagged
)  # fmt: skip


def built(event: BuildEvent, *, why: bool = False) -> bytes:
    """What a build's event adds to its output; with `why` also what Docker does not say."""
    if isinstance(event, Output):
        return _RED + event.text + _PLAIN if event.stream == "stderr" else event.text
    if isinstance(event, Gaps):
        return _RED + _warned(event) + _PLAIN
    line = _line(event, why=why)
    return f"{line}\n".encode("utf-8", "surrogateescape") if line is not None else b""


def _warned(gaps: Gaps) -> bytes:
    told = "".join(f"[WARNING]: Empty continuation line found in:\n    {line}\n" for line in gaps.lines)
    end = "[WARNING]: Empty continuation lines will become errors in a future release.\n"
    return (told + end).encode("utf-8", "surrogateescape")


def _line(event: BuildEvent, *, why: bool) -> str | None:
    match event:
        case ContextSent():
            return f"Sending build context to Docker daemon {human_size(event.size):>8}"
        case Step():
            return f"Step {event.number}/{event.total} : {event.text}"
        case Triggers():
            return f"# Executing {event.total} build trigger{'s' * (event.total != 1)}"
        case RunningIn():
            return f" ---> Running in {event.container}"
        case Downloaded(endless=endless, whole=whole):
            bar = ["Downloading"] if whole and not event.size else []  # any other a log leaves out
            return "\n".join([*bar, *[""] * (1 + endless)])
        case Cached():
            return " ---> Using cache"
        case Missed():
            return f" ---> Not cached: {event.reason}" if why else None
        case RemovedContainer():
            return f"Removing intermediate container {event.container}"
        case Made():
            return f" ---> {event.image}"
        case Unused():
            return f"[Warning] One or more build-args [{' '.join(event.names)}] were not consumed"
        case Built():
            return f"Successfully built {event.image}"
        case Tagged():
            return f"Successfully tagged {event.reference}"
    return None
