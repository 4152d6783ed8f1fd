"""Refusals about containers: naming, starting, stopping, removing them, and running what is in them."""

from labimg.errors.kinds import Conflict, DockerError, InvalidParameter, NotFound, SystemFailure


class NoSuchContainer(NotFound):
    """No container has this name or ID."""

    name: str
    sentence = "No such container: {name}"


class NotListed(NotFound):
    """No container has this name or whole ID, in a filter of the list."""

    name: str
    sentence = "no such container {name}"


class ManyContainers(InvalidParameter):
    """A prefix is that of several containers' IDs."""

    prefix: str
    sentence = "Multiple IDs found with provided prefix: {prefix}"


class NameTaken(Conflict):
    """Another container has the name."""

    name: str  # without the slash
    container: str  # 64 digits
    sentence = (
        'Conflict. The container name "/{name}" is already in use by container "{container}". '
        "You have to remove (or rename) that container to be able to reuse that name."
    )


class AttachedToMany(InvalidParameter):
    """`start --attach` of several containers."""

    sentence = "you cannot start and attach multiple containers at once"
    side = "client"


class BadContainerName(InvalidParameter):
    """A name too short, or with letters a name may not have."""

    name: str
    sentence = "Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"


class NoCommand(InvalidParameter):
    """Neither the image nor the user says what to run."""

    sentence = "No command specified"


class NotRunning(Conflict):
    """What is done to running containers, done to another."""

    container: str  # 64 digits
    sentence = "Container {container} is not running"


class NotKilled(Conflict):
    """A signal reaches nobody."""

    name: str  # as typed
    cause: DockerError
    sentence = "Cannot kill container: {name}: {cause}"


class AlreadyPaused(Conflict):
    """Paused twice."""

    container: str  # 64 digits
    sentence = "Container {container} is already paused"


class NotPaused(Conflict):
    """Unpaused without having been paused."""

    container: str  # 64 digits
    sentence = "Container {container} is not paused"


class StartOfPaused(Conflict):
    """A paused container is not started but unpaused."""

    sentence = "cannot start a paused container, try unpause instead"


class ExecInPaused(Conflict):
    """Nothing runs in a paused container."""

    container: str  # as typed
    sentence = "Container {container} is paused, unpause the container before exec"


class StillRunning(Conflict):
    """Only what has stopped is removed."""

    container: str  # 64 digits
    sentence = (
        "You cannot remove a running container {container}. "
        "Stop the container before attempting removal or force remove"
    )


class StillPaused(Conflict):
    """A paused container has not stopped."""

    container: str  # 64 digits
    sentence = (
        "You cannot remove a paused container {container}. "
        "Unpause and then stop the container before attempting removal or force remove"
    )


class AlreadyGoing(Conflict):
    """Removed twice at once."""

    name: str
    sentence = "removal of container {name} is already in progress"


class NotAllocated(Conflict):
    """A new name cannot be had, for the reason given."""

    cause: DockerError
    sentence = "Error when allocating new name: {cause}"


class SameName(InvalidParameter):
    """Renamed to the name it has."""

    sentence = "Renaming a container with the same name as its current name"


class NoNewName(InvalidParameter):
    """Renamed from or to nothing."""

    sentence = "Error: Neither old nor new names may be empty"
    side = "client"


class NoRemovedName(InvalidParameter):
    """Nothing was to be removed."""

    sentence = "container name cannot be empty"
    side = "client"


class NoComparedName(InvalidParameter):
    """Nothing was to be compared."""

    sentence = "Container name cannot be empty"
    side = "client"


class NotRenamed(SystemFailure):
    """What the client adds when renaming has failed."""

    name: str
    sentence = "Error: failed to rename container named {name}"
    side = "client"


class NotStarted(SystemFailure):
    """What the client adds when starting has failed."""

    names: str  # joined by ", "
    sentence = "Error: failed to start containers: {names}"
    side = "client"


class NoSuchFile(NotFound):
    """A container has no such file to copy out."""

    path: str
    container: str  # as typed
    sentence = "Could not find the file {path} in container {container}"


class NoSuchFolder(NotFound):
    """A file was to be copied into a folder that is not there."""

    path: str
    sentence = "no such directory"
    side = "client"


class NoWay(InvalidParameter):
    """A path of a container leads through what is no folder."""

    path: str  # of the host, where the container would be mounted
    sentence = "lstat {path}: not a directory"


class NoPath(InvalidParameter):
    """A copy from or to no path of a container."""

    sentence = "bad parameter: pathcannot be empty"  # so it stands in 20.10


class NotUnpacked(InvalidParameter):
    """A tar was to be unpacked where there is no folder."""

    container: str  # as typed
    path: str
    sentence = 'destination "{container}:{path}" must be a directory'
    side = "client"


class NotAFolder(InvalidParameter):
    """A folder was to be copied onto a file."""

    path: str
    sentence = "cannot copy directory"
    side = "client"


class NothingToCopy(NotFound):
    """The user has no such file to copy in."""

    path: str
    sentence = "lstat {path}: no such file or directory"
    side = "client"


class CopyBetween(InvalidParameter):
    """Both ends of a copy are containers."""

    sentence = "copying between containers is not supported"
    side = "client"


class CopyWithout(InvalidParameter):
    """No end of a copy is a container."""

    sentence = "must specify at least one container source"
    side = "client"


class ExecFailed(SystemFailure):
    """The runtime could not start the program."""

    program: str
    sentence = (
        "failed to create shim task: OCI runtime create failed: runc create failed: "
        "unable to start container process: exec: {program!q}: {self.why}: unknown"
    )

    @property
    def why(self) -> str:
        """What the kernel said."""
        return "exec format error"


class ExecNotFound(ExecFailed):
    """There is no such program, at the path given or on `$PATH`."""

    exit_code = 127

    @property
    def why(self) -> str:
        """What the kernel said."""
        if "/" in self.program:
            return f"stat {self.program}: no such file or directory"
        return "executable file not found in $PATH"


class ExecDenied(ExecFailed):
    """The program is a directory, or may not be run."""

    exit_code = 126

    @property
    def why(self) -> str:
        """What the kernel said."""
        return "permission denied"


class NotExecuted(SystemFailure):
    """The runtime could not start one more program in a running container; `exec` says so in its output."""

    program: str
    why: str
    sentence = (
        "OCI runtime exec failed: exec failed: unable to start container process: "
        "exec: {program!q}: {why}: unknown"
    )
    side = "stream"


class NoWorkdir(NotFound):
    """There is no such folder to run a program in."""

    path: str
    sentence = (
        'OCI runtime exec failed: exec failed: unable to start container process: chdir to cwd ("{path}") '
        "set in config.json failed: no such file or directory: unknown"
    )


class NoSuchUser(NotFound):
    """The image's `/etc/passwd` does not know the user."""

    user: str
    sentence = "unable to find user {user}: no matching entries in passwd file"


class NoSuchGroup(NotFound):
    """The image's `/etc/group` does not know the group."""

    group: str
    sentence = "unable to find group {group}: no matching entries in group file"


class BadPullOption(InvalidParameter):
    """`--pull` knows three words."""

    word: str
    sentence = 'invalid pull option: \'{word}\': must be one of "always", "missing" or "never"'
    side = "client"
    exit_code = 125


class NotATerminal(InvalidParameter):
    """`-it` needs somebody who types."""

    sentence = "the input device is not a TTY"
    side = "client"


class NoCopyFolder(NotFound):
    """The folder of the user's to copy into is not there."""

    folder: str
    sentence = "invalid output path: directory {folder!q} does not exist"
    side = "client"


class EmptyCopyPath(InvalidParameter):
    """One end of a copy was not said."""

    end: str  # "source" or "destination"
    sentence = "{end} can not be empty"
    side = "client"


class LostImage(SystemFailure):
    """A container's image was removed by force, and nothing can be built upon it any more."""

    image: str  # with sha256:
    digits: str
    sentence = (
        "failed to get digest {image}: open /var/lib/docker/image/overlay2/imagedb/content/sha256/{digits}: "
        "no such file or directory"
    )


class NoExtraction(InvalidParameter):
    """A file stands where files are to be copied into."""

    sentence = "extraction point is not a directory"


class VolumeOverFile(SystemFailure):
    """A file stands where a volume is to be mounted."""

    path: str  # of the host
    sentence = "cannot mount volume over existing file, file exists {path}"
