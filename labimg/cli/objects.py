"""inspect: documents, whole or through a template."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial

from labimg.cli.command import command
from labimg.cli.console import Console
from labimg.cli.flags import BOOL, STRING, Flag
from labimg.cli.gotemplate import Template, TemplateError
from labimg.cli.options import OBJECT_FORMAT, ONE_PLATFORM
from labimg.cli.shapes import CONTAINER, IMAGE, Shape, typed, untyped
from labimg.errors import (
    BadTemplate,
    DockerError,
    NoImageName,
    NoName,
    NoSuchContainer,
    NoSuchNetwork,
    NoSuchObject,
    NoSuchPlugin,
    NoSuchVolume,
    NoSwarm,
    NotInspected,
    UnknownType,
)
from labimg.go import gojson
from labimg.spec import Document

LACKED: Mapping[str, type[DockerError]] = {
    "volume": NoSuchVolume, "network": NoSuchNetwork, "plugin": NoSuchPlugin,
    **dict.fromkeys(("config", "node", "secret", "service", "task"), NoSwarm),
}  # fmt: skip

Found = tuple[Shape, Document]


@command(
    "inspect",
    synopsis="[OPTIONS] NAME|ID [NAME|ID...]",
    least=1,
    most=None,
    flags=(
        OBJECT_FORMAT,
        Flag("size", "Display total file sizes if the type is container", BOOL, "s"),
        Flag("type", "Only inspect objects of the given type", STRING),
    ),
)  # fmt: skip
def inspect(console: Console, *names: str, format: str, size: bool, type: str) -> int:
    """Return low-level information on Docker objects"""
    look: Mapping[str, Callable[[str], Found]] = {
        "": lambda name: _anything(console, name, size=size),
        "image": lambda name: _image(console, name),
        "container": lambda name: _container(console, name, size=size),
    }
    if type not in look and type not in LACKED:
        raise UnknownType(type)
    return _shown(console, names, format, look.get(type) or partial(_nothing, LACKED[type]))


@command(
    "image inspect", synopsis="[OPTIONS] IMAGE [IMAGE...]", least=1, most=None,
    flags=(OBJECT_FORMAT, *ONE_PLATFORM),
)  # fmt: skip
def image(console: Console, *names: str, format: str) -> int:
    """Display detailed information on one or more images"""
    return _shown(console, names, format, lambda name: _image(console, name))


@command(
    "container inspect",
    synopsis="[OPTIONS] CONTAINER [CONTAINER...]",
    least=1,
    most=None,
    flags=(OBJECT_FORMAT, Flag("size", "Display total file sizes", BOOL, "s")),
)  # fmt: skip
def container(console: Console, *names: str, format: str, size: bool) -> int:
    """Display detailed information on one or more containers"""
    return _shown(console, names, format, lambda name: _container(console, name, size=size))


def _image(console: Console, name: str) -> Found:
    if not name:
        raise NoImageName
    try:
        return IMAGE, console.engine.inspect_image(name)
    except DockerError as cause:
        raise NotInspected(name, cause) from None


def _container(console: Console, name: str, *, size: bool) -> Found:
    if not name:
        raise NoName
    document = console.engine.inspect_container(name)
    if size:
        row = next(row for row in console.engine.ps(all=True) if row.container.id == document["Id"])
        document = document | {"SizeRw": row.size, "SizeRootFs": row.size + row.image_size}
    return CONTAINER, document


def _anything(console: Console, name: str, *, size: bool) -> Found:
    """The container of that name, else the image."""
    with suppress(NoSuchContainer):
        return _container(console, name, size=size)
    with suppress(NotInspected):
        found = _image(console, name)
        if size:
            console.warn("WARNING: --size ignored for image")
        return found
    raise NoSuchObject(name)


def _nothing(refusal: type[DockerError], name: str) -> Found:
    """Networks, volumes, and what else there is none of here."""
    raise refusal(name)


def _shown(console: Console, names: Sequence[str], wanted: str, look: Callable[[str], Found]) -> int:
    """Look at each, show what was found, and complain about the others after it."""
    template = _template(wanted)
    found: list[Found] = []
    errors: list[DockerError] = []
    lines = ""
    for name in names:
        try:
            shape, document = look(name)
            if template:
                lines += _filled(template, shape, document) + "\n"
            found.append((shape, document))
        except DockerError as error:
            errors.append(error)
    if template:
        console.say(lines or "\n", end="")
    else:
        console.say(_json([document for _, document in found], indent="" if wanted == "json" else "    "))
    console.complain(errors)
    return bool(errors)


def _template(wanted: str) -> Template | None:
    if wanted in ("", "json"):
        return None
    try:
        return Template(wanted)
    except TemplateError as error:
        raise misread(error) from None


def misread(error: TemplateError) -> BadTemplate:
    """A template that is none ends a command with code 64."""
    refusal = BadTemplate(str(error))
    refusal.exit_code = 64
    return refusal


def _filled(template: Template, shape: Shape, document: Document) -> str:
    """The template over what the client knows of the document, else over its JSON."""
    try:
        return template.render(typed(shape, document))
    except TemplateError:
        try:
            return template.render(untyped(document), strict=True)
        except TemplateError as error:
            raise BadTemplate(str(error)) from None


def _json(documents: Iterable[Document], *, indent: str) -> str:
    return gojson.encode(list(documents), indent, html=False).decode("utf-8", "surrogateescape")
