"""Refusals of a running build, which come in its stream, and of the context it is given."""

from labimg.errors.kinds import Conflict, DockerError, Forbidden, InvalidParameter, NotFound, SystemFailure


class NoContext(NotFound):
    """The folder to build from is not there."""

    path: str
    sentence = "unable to prepare context: path {path!q} not found"
    side = "client"


class ContextIsFile(InvalidParameter):
    """The folder to build from is a file."""

    path: str
    sentence = "unable to prepare context: context must be a directory: {path}"
    side = "client"


class FarContext(Forbidden):
    """The context would have to be fetched."""

    address: str
    sentence = (
        "unable to prepare context: labimg does not carry {address}: a context is a folder or a tar here"
    )
    side = "client"


class TwiceFromStdin(InvalidParameter):
    """Both the context and the Dockerfile were to come from standard input."""

    sentence = "invalid argument: can't use stdin for both build context and dockerfile"
    side = "client"


class NoDockerfile(NotFound):
    """The folder to build from has no Dockerfile."""

    path: str
    sentence = (
        "unable to prepare context: unable to evaluate symlinks in Dockerfile path: "
        "lstat {path}: no such file or directory"
    )
    side = "client"


class BadContext(InvalidParameter):
    """The context cannot be walked, for the reason given."""

    cause: DockerError
    sentence = "error checking context: {cause}"
    side = "client"


class NotExperimental(InvalidParameter):
    """`--squash` is asked of an ordinary daemon."""

    sentence = '"--squash" is only supported on a Docker daemon with experimental features enabled'
    side = "client"


class NoTarget(InvalidParameter):
    """No stage has the name `--target` gives."""

    name: str
    sentence = "failed to reach build target {name} in Dockerfile"


class StageNameTaken(InvalidParameter):
    """Two stages of one name."""

    name: str
    sentence = "{name} stage name already used"
    side = "stream"


class BlankBase(InvalidParameter):
    """FROM comes to nothing once its variables are put in."""

    text: str
    sentence = "base name ({text}) should not be blank"
    side = "stream"


class NotInContext(NotFound):
    """The context has no such file, or `.dockerignore` hides it."""

    path: str
    instruction: str = "COPY"
    sentence = (
        "{instruction} failed: file not found in build context or excluded by .dockerignore: "
        "stat {path}: file does not exist"
    )
    side = "stream"


class NotInImage(NotFound):
    """The stage or image copied from has no such file."""

    path: str  # relative
    instruction: str = "COPY"
    sentence = "{instruction} failed: stat {path}: file does not exist"
    side = "stream"


class OutsideContext(Forbidden):
    """A path climbs out of the context."""

    path: str
    instruction: str = "COPY"
    sentence = "{instruction} failed: forbidden path outside the build context: {path} ()"
    side = "stream"


class NoSources(InvalidParameter):
    """A pattern that nothing in the context fits."""

    instruction: str = "COPY"
    sentence = "{instruction} failed: no source files were specified"
    side = "stream"


class CopiedUrl(InvalidParameter):
    """COPY takes files alone."""

    sentence = "COPY failed: source can't be a URL for COPY"
    side = "stream"


class NotAdded(SystemFailure):
    """ADD of a URL that gives no file, for the reason given."""

    cause: DockerError
    sentence = "ADD failed: {cause}"
    side = "stream"


class NoFileName(InvalidParameter):
    """Neither a URL nor who answers there says what the file is called."""

    url: str
    sentence = "cannot determine filename for source {url}"


class WrongChecksum(Conflict):
    """A file is not the one that `--checksum` names."""

    found: str
    wanted: str
    sentence = "digest mismatch {found}: {wanted}"


class ManyChecked(InvalidParameter):
    """`--checksum` names one file."""

    sentence = "checksum can't be specified for multiple sources"
    side = "stream"


class CheckedLocally(InvalidParameter):
    """`--checksum` is for what comes from elsewhere."""

    sentence = "checksum requires HTTP(S) or Git sources"
    side = "stream"


class ManySources(InvalidParameter):
    """Several files cannot all become one."""

    instruction: str = "COPY"
    sentence = (
        "When using {instruction} with more than one source file, "
        "the destination must be a directory and end with a /"
    )
    side = "stream"


class BadStage(InvalidParameter):
    """`--from` a stage of a number there is not."""

    value: str
    sentence = "invalid from flag value {value}: index out of bounds"
    side = "stream"


class UnknownOwner(NotFound):
    """`--chown` to a user the image does not know."""

    user: str
    sentence = (
        "unable to convert uid/gid chown string to host mapping: "
        "can't find uid for user {user}: no such user: {user}"
    )
    side = "stream"


class UnknownGroup(NotFound):
    """`--chown` to a group the image does not know."""

    group: str
    sentence = (
        "unable to convert uid/gid chown string to host mapping: "
        "can't find gid for group {group}: no such group: {group}"
    )
    side = "stream"


class NeedsBuildKit(InvalidParameter):
    """A flag the classic builder reads and does not obey."""

    flag: str  # without the dashes
    sentence = (
        "the --{flag} option requires BuildKit. Refer to https://docs.docker.com/go/buildkit/ "
        "to learn how to build images with BuildKit enabled"
    )
    side = "stream"


class BadOrigin(InvalidParameter):
    """`--from` names an image that cannot be had."""

    name: str
    cause: DockerError
    sentence = "invalid from flag value {name}: {cause}"
    side = "stream"


class NotLocated(InvalidParameter):
    """The context that was sent holds no such Dockerfile."""

    name: str
    sentence = "Cannot locate specified Dockerfile: {name}"


class DockerfileIsFolder(InvalidParameter):
    """What is to be the Dockerfile is a directory of the context."""

    name: str
    sentence = (
        "unexpected error reading Dockerfile: "
        "read /var/lib/docker/tmp/docker-builder0000000000/{name}: is a directory"
    )


class BadPort(InvalidParameter):
    """EXPOSE of what is no port."""

    text: str
    sentence = "Invalid containerPort: {text}"
    side = "stream"


class BadSignal(InvalidParameter):
    """A signal of no known name or number."""

    text: str
    sentence = "Invalid signal: {text}"


class NotADirectory(Conflict):
    """WORKDIR names a file."""

    path: str
    sentence = "Cannot mkdir: {path} is not a directory"
    side = "stream"


class BlankWorkdir(InvalidParameter):
    """WORKDIR comes to nothing once its variables are put in."""

    sentence = "cannot normalize nothing"
    side = "stream"


class CommandFailed(SystemFailure):
    """What RUN ran has said no; the build ends with the same code."""

    command: str
    code: int
    sentence = "The command '{command}' returned a non-zero code: {code}"
    side = "stream"

    @property
    def exit_code(self) -> int:  # type: ignore[override]
        """That of the command."""
        return self.code


class NothingBuilt(InvalidParameter):
    """All instructions are done, and no image has come of them."""

    sentence = "No image was generated. Is your Dockerfile empty?"
    side = "stream"


class BadMount(InvalidParameter):
    """`RUN --mount` of a kind there is not, or without a target."""

    text: str
    sentence = "invalid mount: {text}"
    side = "stream"


class NoSecret(NotFound):
    """A step needs a secret that was not given."""

    name: str
    sentence = "secret {name}: not found"
    side = "stream"
