"""Images as archives: what `save` writes and `load` reads.

Two layouts are written: `oci`, Docker's own since version 25, which is an OCI image
layout and a docker-archive in one tar; and `docker`, that of 20.10.  Both are read,
and an OCI layout without Docker's files beside it, under any compression.
"""

from labimg.archive.flat import import_
from labimg.archive.load import Loaded, LoadedID, Loading, Record, Renamed, load
from labimg.archive.save import Layout, save

__all__ = ["Layout", "Loaded", "LoadedID", "Loading", "Record", "Renamed", "import_", "load", "save"]
