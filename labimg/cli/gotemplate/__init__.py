r"""Go's text/template, as far as `docker … --format` uses it.

>>> Template("{{range .}}{{println .}}{{end}}").render(["a", "b"])
'a\nb\n'
"""

from collections.abc import Mapping

from labimg.cli.gotemplate.functions import FUNCTIONS, HEADING, Function
from labimg.cli.gotemplate.machine import Machine
from labimg.cli.gotemplate.parser import TemplateError, parse
from labimg.cli.gotemplate.values import Map, Number, Pointer, Row, Slice, Struct, Value, text

__all__ = [
    "HEADING", "Function", "Map", "Number", "Pointer", "Row", "Slice", "Struct", "Template", "TemplateError",
    "Value", "text",
]  # fmt: skip


class Template:
    """A template that has been read, to be rendered as often as one likes.

    Raises:
        TemplateError: the text is no template.
    """

    def __init__(self, source: str, *, name: str = "") -> None:
        self.source = source
        self.name = name
        self.templates = parse(source, name=name, functions=FUNCTIONS)

    def render(
        self, value: Value, *, functions: Mapping[str, Function] = FUNCTIONS, strict: bool = False
    ) -> str:
        """What it prints for `value`; `strict` refuses a key that a map has not.

        Raises:
            TemplateError: the value has not what the template asks for.
        """
        return Machine(
            self.source, self.name, templates=self.templates, functions=functions, strict=strict
        ).run(value)
