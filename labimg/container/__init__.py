"""Containers: an image with one writable layer upon it, and a command to run there.

record   making one (and nothing runs yet), naming it, taking it away
host     what it asks of its host, and ports, who publishes where: kept and shown, since there is none
mount    what it sees: the union of the image's layers and its writable one
volumes  where it writes to no layer
state    stop, kill, pause and unpause; signals, and whom they end
run      its command; one that would go on (a server, a long sleep) leaves it running
commit   what it has written, as `diff` tells it, as an image, or flattened into a tar
copy     files in and out

No process of the host is started.
"""

from labimg.container.commit import commit, committed, diff, export, layered
from labimg.container.copy import copy_in, copy_out, stat
from labimg.container.mount import Mounted, below, flat, mount, settle
from labimg.container.record import (
    PrunedContainers,
    Run,
    check_name,
    create,
    merged,
    prune,
    remove,
    rename,
)
from labimg.container.run import Exit, Out, Runner, environment, execute, start
from labimg.container.state import kill, pause, running, stop, unpause
from labimg.container.volumes import furnished

__all__ = [
    "Exit",
    "Mounted",
    "Out",
    "PrunedContainers",
    "Run",
    "Runner",
    "below",
    "check_name",
    "commit",
    "committed",
    "copy_in",
    "copy_out",
    "create",
    "diff",
    "environment",
    "execute",
    "export",
    "flat",
    "furnished",
    "layered",
    "kill",
    "merged",
    "mount",
    "pause",
    "prune",
    "remove",
    "rename",
    "running",
    "settle",
    "start",
    "stat",
    "stop",
    "unpause",
]
