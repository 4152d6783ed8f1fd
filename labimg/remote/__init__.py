"""The other side of a registry: pull, push, search and log in, through a transport of one method.

transport  `send(request) -> response`: to a registry in this process
http       the same by a socket
peer       the requests of the specification, as methods of one repository
access     challenges and tokens
pull push search login    the verbs
web        a file at any URL
platform   which image of an index is for which machine
ledger     what is known of layers elsewhere
records    what is told on the way
"""

from labimg.remote.access import Login
from labimg.remote.login import log_in
from labimg.remote.pull import pull
from labimg.remote.push import push
from labimg.remote.records import (
    LayerProgress,
    PullDone,
    Pulled,
    PullingFrom,
    PushDone,
    PushingTo,
    Record,
    Report,
)
from labimg.remote.search import Found, search
from labimg.remote.transport import Here, Nowhere, Transport

__all__ = [
    "pull",
    "push",
    "search",
    "log_in",
    "Login",
    "Here",
    "Nowhere",
    "Transport",
    "Found",
    "LayerProgress",
    "PullDone",
    "Pulled",
    "PullingFrom",
    "PushDone",
    "PushingTo",
    "Record",
    "Report",
]
