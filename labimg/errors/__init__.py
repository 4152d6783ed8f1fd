"""Every sentence Docker refuses with, as a tree of kinds; `str(error)` is Docker's text to the byte.

The daemon's word is without the `Error response from daemon: ` that the client puts before it;
who speaks is `error.side`, and the code the command ends with is `error.exit_code`.

    DockerError
        NotFound
            PageNotFound NoSuchImage NoSuchReference NotInspected NoSuchObject NoSuchVolume
            NoSuchPlugin NothingThere NoImageName NoOutputFolder NotOpened NotInArchive NoSuchLayer
            NoSuchContainer NotListed NoSuchFile NoSuchFolder NothingToCopy NoWorkdir NoSuchUser
            NoSuchGroup NoCopyFolder NoSuchNetwork WrongPlatform NoContext NoDockerfile NotInContext
            NotInImage UnknownOwner UnknownGroup NoSecret NoSuchTag NoLocalImage ManifestUnknown
            PullDenied RepositoryUnknown NoMatchingManifest NothingToPush
        InvalidParameter
            NotARepository DigestAsTag DigestImported InvalidTagFormat AmbiguousTag InvalidTag
            AmbiguousDigest NoName UnknownType BadTemplate Unfilled InvalidFilter InvalidFilterValue
            BlankImage EmptyExport PlainLayout OntoTerminal OutputIsFolder LayerCount NoRootFS
            ForeignSystem NullManifest NoChange InvalidImage BadLayout NothingOnStdin NotSupported
            ManyContainers AttachedToMany BadContainerName NoCommand SameName NoNewName NoRemovedName
            NoComparedName NoWay NoPath NotUnpacked NotAFolder CopyBetween CopyWithout BadPullOption
            NotATerminal EmptyCopyPath NoExtraction BadPublished NoPort UnequalRanges BadExposed
            ExposedPair BadPublishOption BadPortFilter NoNetworkName RestartFormat UnknownRestart
            NegativeRetries UnusedRetries TooLittleMemory MemoryDisorder UnknownCapability
            OomScoreRange HealthTooShort NegativeHealth RelativeFolder BadEnvFile BadHealthFilter
            UnreadPlatform ContextIsFile TwiceFromStdin BadContext NotExperimental NoTarget
            StageNameTaken BlankBase NoSources CopiedUrl NoFileName ManyChecked CheckedLocally
            ManySources BadStage NeedsBuildKit BadOrigin NotLocated DockerfileIsFolder BadPort
            BadSignal BlankWorkdir NothingBuilt BadMount AtLine NotParsed EmptyDockerfile
            NoInstructions NoStage UnknownInstruction RepeatedDirective BadEscape LineTooLong
            TwoArguments NoEqualsSign NotStrings OpenHeredoc HeredocAsDestination OneArgument
            SomeArgument NoDestination BlankName FromArguments BadStageName UnknownFlag
            FlagWithoutValue RepeatedFlag NotBoolean ChainedOnbuild NotATrigger HealthNone
            HealthCommand HealthType ShortInterval BadRetries EmptyVolume NotJSONForm BadWord
            MissingBrace MissingSlash BadSubstitution UnsupportedModifier OpenQuote NotSet
            BadSubstitutionPattern TagWithAll DigestPushed NoTerminal BadPlatform ForeignArtifact
            BadManifest WrongSystem LimitOutside NoUsername TwoPasswords BadPattern BadTime ManyTimes
            UntilWithVolumes InvalidJSON WrongJSON TimeOutOfRange InvalidDuration NoUnit UnknownUnit
            NotANumber BadExclusion NoSuchSignal TwoTimeouts UntriedTemplate NoMoment
            InvalidReference:
                UpperCase UpperCasePath LooksLikeID NameTooLong DigestLength UnsupportedDigest
                InvalidDigest
        Conflict
            NameTaken NotRunning NotKilled AlreadyPaused NotPaused StartOfPaused ExecInPaused
            StillRunning StillPaused AlreadyGoing NotAllocated RestartAndRemove AttachAndDetach
            HealthOrNone IDFileThere WrongChecksum NotADirectory WrongBlob WrongManifest WrongConfig
            LayersDiffer
            ImageConflict:
                NamedByContainer HasChildren UsedByRunning ManyNames UsedByStopped
        Forbidden
            NotRepaired OutsideArchive FarContext OutsideContext
        Unauthorized
            PushDenied NotLoggedIn LoginRefused
        Unavailable
            NoSwarm Unreachable
        SystemFailure
            TooMuchHistory DamagedStore TooDeep InvalidTar InvalidLayer RepeatedPath ChangedFile
            WrongLayer NotRenamed NotStarted NotExecuted LostImage VolumeOverFile PortTaken
            IDFileFailed NotAdded CommandFailed NotFetched UnexpectedStatus RegistrySaid
            UnreadableAnswer UnexpectedAnswer
            ExecFailed:
                ExecNotFound ExecDenied
            BrokenOff:
                TooMuch

A refusal that has a reason holds it: `error.cause` is a refusal too.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from labimg.errors.kinds import *  # noqa: F403

if TYPE_CHECKING:
    from labimg.errors.archives import *  # noqa: F403
    from labimg.errors.builds import *  # noqa: F403
    from labimg.errors.containers import *  # noqa: F403
    from labimg.errors.dockerfiles import *  # noqa: F403
    from labimg.errors.hosting import *  # noqa: F403
    from labimg.errors.images import *  # noqa: F403
    from labimg.errors.references import *  # noqa: F403
    from labimg.errors.remotes import *  # noqa: F403
    from labimg.errors.values import *  # noqa: F403
else:
    _ROOMS = "values images references containers archives hosting builds dockerfiles remotes".split()

    def __getattr__(name: str) -> object:
        """The leaf called `name`: its room is entered only now, since no command needs all of them."""
        for room in () if name.startswith("_") else _ROOMS:
            if leaf := getattr(import_module(f"labimg.errors.{room}"), name, None):
                return leaf
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
