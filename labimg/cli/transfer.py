"""What is said while a pull or push goes on: its layers."""

from labimg.cli.console import Console
from labimg.reference import Reference
from labimg.remote.records import LayerProgress, PullDone, Pulled, PullingFrom, PushDone, PushingTo

_BARS = frozenset({"Downloading", "Extracting", "Pushing", "Retrying"})  # states that a log leaves out

TransferEvent = PullingFrom | LayerProgress | Pulled | PullDone | PushingTo | PushDone


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


def pulling(console: Console, reference: Reference, *, quiet: bool, platform: str = "") -> None:
    """Pull an image that `create` or `run` lacks, telling of it on stderr."""
    with console.listening(lambda event: None if quiet else console.warn(transferred(event), end="")):
        console.engine.pull(str(reference), platform=platform)
