"""Every sentence Docker refuses with, as a tree of kinds; `str(error)` is Docker's text to the byte.

The daemon's word is without the `Error response from daemon: ` that the client puts before it;
who speaks is `error.side`, and the code the command ends with is `error.exit_code`.

    DockerError
        NotFound
            PageNotFound NoSuchImage NoSuchReference NotInspected NoSuchObject NothingThere
            NoOutputFolder NotOpened NotInArchive NoSuchLayer NoSuchContainer NotListed NoSuchFile
            NoSuchFolder NothingToCopy NoSuchUser NoSuchGroup NoCopyFolder NoContext NoDockerfile
            NotInContext NotInImage UnknownOwner UnknownGroup NoSecret NoSuchTag NoLocalImage
            ManifestUnknown PullDenied RepositoryUnknown NoMatchingManifest NothingToPush
        InvalidParameter
            NotARepository DigestAsTag DigestImported InvalidTagFormat AmbiguousTag InvalidTag
            AmbiguousDigest NoName UnknownType BadTemplate InvalidFilter InvalidFilterValue EmptyExport
            OntoTerminal OutputIsFolder LayerCount NoRootFS ForeignSystem NullManifest NoChange
            InvalidImage BadLayout NothingOnStdin ManyContainers BadContainerName NoCommand SameName
            NoNewName NotAFolder CopyBetween CopyWithout BadPullOption NotATerminal EmptyCopyPath
            BadContext NotExperimental NoTarget StageNameTaken BlankBase NoSources ManySources BadStage
            NeedsBuildKit BadPort BadSignal NothingBuilt BadMount AtLine NotParsed EmptyDockerfile
            NoInstructions NoStage UnknownInstruction RepeatedDirective BadEscape LineTooLong
            TwoArguments NoEqualsSign NotStrings OpenHeredoc HeredocAsDestination OneArgument
            SomeArgument NoDestination BlankName FromArguments BadStageName UnknownFlag
            FlagWithoutValue RepeatedFlag NotBoolean ChainedOnbuild NotATrigger HealthNone
            HealthCommand HealthType ShortInterval BadRetries EmptyVolume NotJSONForm BadWord
            MissingBrace MissingSlash BadSubstitution UnsupportedModifier OpenQuote NotSet
            BadSubstitutionPattern TagWithAll DigestPushed NoTerminal BadPlatform ForeignArtifact
            BadManifest WrongSystem LimitOutside NoUsername TwoPasswords BadPattern BadTime ManyTimes
            InvalidJSON WrongJSON TimeOutOfRange InvalidDuration NoUnit UnknownUnit NotANumber
            BadExclusion
            InvalidReference:
                UpperCase UpperCasePath LooksLikeID NameTooLong DigestLength UnsupportedDigest
                InvalidDigest
        Conflict
            NameTaken NotRunning NotKilled AlreadyPaused NotPaused StartOfPaused ExecInPaused
            StillRunning StillPaused AlreadyGoing NotAllocated NotADirectory WrongBlob WrongManifest
            WrongConfig LayersDiffer
            ImageConflict:
                NamedByContainer HasChildren UsedByRunning ManyNames UsedByStopped
        Forbidden
            OutsideArchive OutsideContext
        Unauthorized
            PushDenied NotLoggedIn LoginRefused
        Unavailable
            Unreachable
        SystemFailure
            TooMuchHistory DamagedStore TooDeep InvalidTar InvalidLayer RepeatedPath ChangedFile
            WrongLayer NotRenamed NotStarted NotExecuted LostImage CommandFailed UnexpectedStatus
            RegistrySaid UnreadableAnswer UnexpectedAnswer
            ExecFailed:
                ExecNotFound ExecDenied

A refusal that has a reason holds it: `error.cause` is a refusal too.
"""

from labimg.errors.archives import *  # noqa: F403
from labimg.errors.builds import *  # noqa: F403
from labimg.errors.containers import *  # noqa: F403
from labimg.errors.dockerfiles import *  # noqa: F403
from labimg.errors.images import *  # noqa: F403
from labimg.errors.kinds import *  # noqa: F403
from labimg.errors.references import *  # noqa: F403
from labimg.errors.remotes import *  # noqa: F403
from labimg.errors.values import *  # noqa: F403
