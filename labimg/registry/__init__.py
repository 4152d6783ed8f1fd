"""A registry, whole and without a socket: the OCI distribution specification as a function of requests.

    wire       a request and a response
    service    `Registry.handle(request) -> response`, and who answers what
    pull push discover manage    the specification's four workflows
    manifest   what a manifest points to
    uploads    a blob on its way in
    shelf      the folder, which is that of Docker's own registry
    refusal    the codes and sentences of a no
    guard      basic authentication and bearer tokens, around any registry

Spec: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
"""

from labimg.registry.guard import Basic, Bearer
from labimg.registry.service import Registry
from labimg.registry.shelf import Limits
from labimg.registry.wire import Body, Handler, Headers, Request, Response

__all__ = ["Basic", "Bearer", "Body", "Handler", "Headers", "Limits", "Registry", "Request", "Response"]
