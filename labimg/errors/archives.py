"""Refusals of what goes out as a tar and comes in as one: save, load, export, import, commit."""

from labimg.errors.kinds import Forbidden, InvalidParameter, NotFound, SystemFailure


class InvalidTar(SystemFailure):
    """The bytes are no tar, or end too early."""

    why: str
    sentence = "Error processing tar file(exit status 1): {why}"


class InvalidLayer(SystemFailure):
    """A tar is well formed and still no layer: at `path` it says what cannot be."""

    path: str
    why: str
    sentence = "Error processing tar file(exit status 1): {why}"


class RepeatedPath(SystemFailure):
    """One layer holds two files of one name."""

    sentence = "duplicates of file paths not supported"


class ChangedFile(SystemFailure):
    """A file of a layer is not what it was when the layer came in."""

    path: str  # relative
    sentence = "file integrity checksum failed for {path!q}"


class EmptyExport(InvalidParameter):
    """An image without layers cannot be saved."""

    sentence = "empty export - not implemented"


class PlainLayout(InvalidParameter):
    """The layout of 20.10 holds its layers as plain tars."""

    sentence = "conflicting options: cannot specify both --compress and --format docker"
    side = "client"


class OntoTerminal(InvalidParameter):
    """A tar would have been written to the screen."""

    sentence = "cowardly refusing to {verb} to a terminal. Use the -o flag or redirect"
    verb: str = "save"
    side = "client"


class NoOutputFolder(NotFound):
    """The folder of `-o` is not there."""

    folder: str
    what: str = "save image"
    sentence = "failed to {what}: invalid output path: stat {folder}: no such file or directory"
    side = "client"


class OutputIsFolder(InvalidParameter):
    """The file of `-o` is a folder."""

    what: str = "save image"
    sentence = "failed to {what}: cannot write to a directory"
    side = "client"


class NotOpened(NotFound):
    """A file of the user's is not there."""

    path: str
    sentence = "open {path}: no such file or directory"
    side = "client"


class NotInArchive(NotFound):
    """An archive speaks of a file it does not hold."""

    path: str
    sentence = "open {path}: no such file or directory"
    side = "stream"


class OutsideArchive(Forbidden):
    """An archive speaks of a file outside itself."""

    path: str  # where it would lead
    root: str  # where the archive was unpacked
    sentence = "evalSymlinksInScope: {path} is not in {root}"
    side = "stream"


class LayerCount(InvalidParameter):
    """A manifest names more or fewer layers than the config."""

    expected: int
    got: int
    sentence = "invalid manifest, layers length mismatch: expected {expected}, got {got}"
    side = "stream"


class WrongLayer(SystemFailure):
    """A layer's bytes are not those that the config promises."""

    index: int  # 0 is the lowest
    expected: str
    got: str
    sentence = "invalid diffID for layer {index}: expected {expected!q}, got {got!q}"
    side = "stream"


class NoRootFS(InvalidParameter):
    """A config that names no layers, not even none."""

    sentence = "invalid image JSON, no RootFS key"
    side = "stream"


class ForeignSystem(InvalidParameter):
    """An image for another operating system."""

    system: str
    sentence = "cannot load {system} image on linux"
    side = "stream"


class NullManifest(InvalidParameter):
    """A manifest list that is `null`."""

    sentence = "invalid manifest, manifest cannot be null (but can be [])"
    side = "stream"


class NoChange(InvalidParameter):
    """An instruction that `--change` may not hold."""

    name: str  # lower case
    sentence = "{name} is not a valid change command"


class InvalidImage(InvalidParameter):
    """A config that says what no config can."""

    why: str
    sentence = "invalid image JSON: {why}"
    side = "stream"


class BadLayout(InvalidParameter):
    """An OCI image layout that is none."""

    path: str  # in the archive
    why: str
    sentence = "invalid image layout: {path}: {why}"
    side = "stream"


class NoSuchLayer(NotFound):
    """An image speaks of a layer the store has not: it is damaged."""

    chain: str
    sentence = "layer does not exist: {chain}"


class NothingOnStdin(InvalidParameter):
    """`load` without a file, and nobody pipes one in."""

    sentence = "requested load from stdin, but stdin is empty"
    side = "client"


class NotSupported(InvalidParameter):
    """An import for another system than Linux."""

    sentence = "operating system is not supported"
