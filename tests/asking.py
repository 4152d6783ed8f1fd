"""Requests to a registry, and what to push to it."""

import json
from collections.abc import Mapping
from typing import Any

from labimg import spec
from labimg.digest import BlobID
from labimg.registry import Handler, Request, Response
from labimg.registry.wire import Body

ZERO = "sha256:" + "0" * 64
LAYER = b"not really a tar"
CONFIG = b'{"architecture":"amd64"}'
UPLOADS = "/v2/team/app/blobs/uploads/"


def ask(
    registry: Handler, method: str, url: str, body: Body = b"", *, headers: Mapping[str, str] | None = None
) -> Response:
    return registry.handle(Request(method, url, headers or {}, body))


def errors(response: Response) -> list[str]:
    return [error["code"] for error in json.loads(response.read())["errors"]]


def descriptor(data: bytes, media: str = spec.LAYER_GZIP, **more: object) -> dict[str, Any]:
    return {"mediaType": media, "size": len(data), "digest": BlobID.of(data), **more}


def image(*layers: bytes, config: bytes = CONFIG, media: str = spec.OCI_MANIFEST, **more: object) -> bytes:
    return json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": media,
            "config": descriptor(config, spec.OCI_CONFIG),
            "layers": [descriptor(layer) for layer in layers],
            **more,
        }
    ).encode()


def push_blob(registry: Handler, name: str, data: bytes) -> BlobID:
    digest = BlobID.of(data)
    assert ask(registry, "POST", f"/v2/{name}/blobs/uploads/?digest={digest}", data).status == 201
    return digest


def push_image(
    registry: Handler, name: str, tag: str, *layers: bytes, media: str = spec.OCI_MANIFEST
) -> bytes:
    for data in (CONFIG, *layers):
        push_blob(registry, name, data)
    manifest = image(*layers, media=media)
    assert ask(registry, "PUT", f"/v2/{name}/manifests/{tag}", manifest).status == 201
    return manifest
