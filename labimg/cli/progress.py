"""What is said while something goes on: the steps of a build, the layers of a pull or push."""

from labimg.build.events import (
    Built,
    Cached,
    ContextSent,
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
from labimg.cli.console import Console
from labimg.reference import Reference
from labimg.remote.records import LayerProgress, PullDone, Pulled, PullingFrom, PushDone, PushingTo
from labimg.units import human_size

_BARS = frozenset({"Downloading", "Extracting", "Pushing", "Retrying"})  # states that a log leaves out
_RED, _PLAIN = b"\x1b[91m", b"\x1b[0m"

BuildEvent = (
    ContextSent | Step | Triggers | RunningIn | Output | Cached | Missed | RemovedContainer | Made | Unused
    | Built | Tagged
)  # fmt: skip
TransferEvent = PullingFrom | LayerProgress | Pulled | PullDone | PushingTo | PushDone


def built(event: BuildEvent, *, why: bool = False) -> bytes:
    """What a build's event adds to its output; with `why` also what Docker does not say."""
    if isinstance(event, Output):
        return _RED + event.text + _PLAIN if event.stream == "stderr" else event.text
    line = _line(event, why=why)
    return f"{line}\n".encode("utf-8", "surrogateescape") if line is not None else b""


def _line(event: BuildEvent, *, why: bool) -> str | None:
    match event:
        case ContextSent():
            return f"Sending build context to Docker daemon  {human_size(event.size)}"
        case Step():
            return f"Step {event.number}/{event.total} : {event.text}"
        case Triggers():
            return f"# Executing {event.total} build trigger{'s' * (event.total != 1)}"
        case RunningIn():
            return f" ---> Running in {event.container}"
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


def transferred(event: TransferEvent) -> str:
    """What an event of a pull or push adds to the output."""
    match event:
        case PullingFrom():
            return f"{event.reference}: Pulling from {event.path}\n"
        case LayerProgress(state=state):
            source = f" {event.source}" if event.source else ""
            return "" if state in _BARS else f"{event.id}: {state}{source}\n"
        case Pulled():
            return f"Digest: {event.digest}\n"
        case PullDone():
            how = "Downloaded newer image for" if event.newer else "Image is up to date for"
            return f"Status: {how} {event.reference}\n"
        case PushingTo():
            return f"The push refers to repository [{event.repository}]\n"
        case PushDone():
            return f"{event.tag}: digest: {event.digest} size: {event.size}\n"


def pulling(console: Console, reference: Reference, *, quiet: bool) -> None:
    """Pull an image that `create` or `run` lacks, telling of it on stderr."""
    with console.listening(lambda event: None if quiet else console.warn(transferred(event), end="")):
        console.engine.pull(str(reference))
