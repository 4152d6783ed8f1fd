"""What kind of thing went wrong: the trunk and the boughs of the tree of refusals."""

from typing import ClassVar, Literal, Self, dataclass_transform

__all__ = [
    "Conflict",
    "DockerError",
    "Forbidden",
    "InvalidParameter",
    "NotFound",
    "Side",
    "SystemFailure",
    "Unauthorized",
    "Unavailable",
]

Side = Literal["daemon", "client", "stream"]  # who says it; only the daemon's word is announced as such


@dataclass_transform(eq_default=False)
class DockerError(Exception):
    """A refusal in Docker's words.  A leaf is a sentence and the data that fill it."""

    sentence = "{self.__class__.__name__}"
    side: Side = "daemon"
    exit_code: int = 1

    blanks: ClassVar[tuple[str, ...]] = ()  # the names of the data, in the order they are given

    def __init_subclass__(cls) -> None:
        own = vars(cls).get("__annotations__", {})
        cls.blanks = tuple(dict.fromkeys((*cls.blanks, *own)))

    def __init__(self, *values: object, **named: object) -> None:
        """Take the data a sentence is filled with, as a dataclass would; 200 of those take too long."""
        told = dict(zip(self.blanks, values, strict=False)) | named
        if len(told) < len(values) + len(named) or not told.keys() <= set(self.blanks):
            raise TypeError(f"{type(self).__name__} takes {', '.join(self.blanks)}")
        if missing := [name for name in self.blanks if name not in told and not hasattr(type(self), name)]:
            raise TypeError(f"{type(self).__name__} lacks {', '.join(missing)}")
        super().__init__(*values)
        vars(self).update({name: told.get(name, getattr(type(self), name, None)) for name in self.blanks})

    def __str__(self) -> str:
        from labimg.errors.speech import filled

        return filled(self.sentence, {"self": self} | vars(self))

    def said_by(self, side: Side) -> Self:
        """This refusal, as said by another than its usual speaker."""
        self.side = side
        return self


class NotFound(DockerError):
    """What was named is not there (HTTP 404)."""


class InvalidParameter(DockerError):
    """What was asked for makes no sense (HTTP 400)."""


class Conflict(DockerError):
    """Something else stands in the way (HTTP 409)."""


class Forbidden(DockerError):
    """Not allowed to anyone (HTTP 403)."""


class Unauthorized(DockerError):
    """Not allowed to you (HTTP 401)."""


class Unavailable(DockerError):
    """Nobody answers (HTTP 503)."""


class SystemFailure(DockerError):
    """It was tried, and failed (HTTP 500)."""
