"""What is known of layers elsewhere: the folder `image/overlay2/distribution`.

    diffid-by-digest/sha256/<blob>        the diff ID of the tar in a blob
    v2metadata-by-diffid/sha256/<diff>    the blobs a layer has been seen as, and where

So a layer that is here already need not come again, and one that the registry has
under another name need not be sent.  Nothing depends on it; it outlives the images.
"""

import hmac
import json
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from labimg.digest import BlobID, DiffID, Digest
from labimg.files import Files
from labimg.go import gojson
from labimg.remote.access import Login

FOLDER = "image/overlay2/distribution"
MOST = 50  # places noted for one layer


class Place(NamedTuple):
    """Where a layer has been seen, and as which blob."""

    blob: BlobID
    repository: str  # with its domain: "127.0.0.1:5000/team/app"
    seal: str = ""  # proves that whoever noted it was logged in as now

    @property
    def domain(self) -> str:
        """The registry."""
        return self.repository.partition("/")[0]

    @property
    def path(self) -> str:
        """The repository's name there."""
        return self.repository.partition("/")[2]


class Ledger:
    """The notes, and the one who takes them."""

    def __init__(self, files: Files, login: Login | None = None) -> None:
        self._files = files
        known = {"username": login.user, "password": login.password} if login else {}
        self._key = Digest.of(gojson.encode(known)).encode()

    def layer(self, blob: Digest) -> DiffID | None:
        """The layer in a blob, if that is known."""
        with suppress(FileNotFoundError, ValueError):
            return DiffID.parse(self._files.read(f"{FOLDER}/diffid-by-digest/sha256/{blob.hex}").decode())
        return None

    def places(self, layer: DiffID) -> list[Place]:
        """Where a layer has been seen, the latest first."""
        with suppress(FileNotFoundError, ValueError, TypeError, KeyError):
            rows = json.loads(self._files.read(f"{FOLDER}/v2metadata-by-diffid/sha256/{layer.hex}"))
            found = [
                Place(BlobID.parse(row["Digest"]), row["SourceRepository"], row.get("HMAC", ""))
                for row in rows
            ]
            return found[::-1]
        return []

    def trusted(self, place: Place) -> bool:
        """Was it noted under the same login as now?"""
        return hmac.compare_digest(place.seal, self._seal(place.blob, place.repository))

    def note(self, layer: DiffID, blob: Digest, repository: str) -> None:
        """Note that a repository has a layer as that blob."""
        place = Place(BlobID(blob), repository, self._seal(blob, repository))
        others = [
            known for known in self.places(layer) if (known.blob, known.repository) != (blob, repository)
        ]
        self._write(layer, [place, *others][:MOST])
        self._files.write(f"{FOLDER}/diffid-by-digest/sha256/{blob.hex}", layer.encode())

    def forget(self, layer: DiffID, place: Place) -> None:
        """Note that a layer is not where it was seen."""
        self._write(layer, [known for known in self.places(layer) if known != place])

    def _write(self, layer: DiffID, places: Sequence[Place]) -> None:
        rows = [
            {"Digest": one.blob, "SourceRepository": one.repository, "HMAC": one.seal}
            for one in reversed(places)
        ]
        self._files.write(f"{FOLDER}/v2metadata-by-diffid/sha256/{layer.hex}", gojson.encode(rows))

    def _seal(self, blob: Digest, repository: str) -> str:
        return hmac.new(self._key, f"{blob}{repository}".encode(), "sha256").hexdigest()
