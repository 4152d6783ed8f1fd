"""A formula: the small language in which a level says what must be true.

It is Python's expressions without a way out: no statement, no lambda, no name with an
underscore, and no function but those it is given.

>>> Formula("len(names) == 2 and 'web' in names")({"names": ["web", "blog"]})
True
"""

import ast
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from types import CodeType
from typing import Any

_ALLOWED = (
    ast.Expression, ast.Constant, ast.Name, ast.Load, ast.Store, ast.Call, ast.keyword, ast.Starred,
    ast.Attribute, ast.Subscript, ast.Slice, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp,
    ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension, ast.BoolOp, ast.boolop, ast.BinOp,
    ast.operator, ast.UnaryOp, ast.unaryop, ast.Compare, ast.cmpop, ast.IfExp,
)  # fmt: skip
_KNOWN: dict[str, object] = {
    function.__name__: function
    for function in (abs, all, any, bool, dict, enumerate, int, isinstance, len, list, max, min, range, set,
                     sorted, str, sum, tuple, zip)
}  # fmt: skip


class BadFormula(ValueError):
    """A formula that is none, or one that wants out."""


@dataclass(frozen=True, slots=True)
class Formula:
    """One expression; call it with the names it may use."""

    text: str

    def __call__(self, names: Mapping[str, Any]) -> Any:
        """What it comes to."""
        code, used = _compiled(self.text)
        known = dict(_KNOWN)
        for name in used:
            with suppress(KeyError):
                known[name] = names[name]
        return eval(code, {"__builtins__": {}, **known})


@cache
def _compiled(text: str) -> tuple[CodeType, frozenset[str]]:
    """The code, and the names it asks for: some are worked out only then."""
    try:
        tree = ast.parse(text.strip().replace("\n", " "), mode="eval")
    except SyntaxError as error:
        raise BadFormula(f"{text!r}: {error.msg}") from None
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            raise BadFormula(f"{text!r}: {type(node).__name__} is not allowed")
        name = getattr(node, "attr", getattr(node, "id", ""))
        if name.startswith("_") or name in ("format", "format_map", "mro"):
            raise BadFormula(f"{text!r}: {name} is not allowed")
    used = frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    return compile(tree, "<formula>", "eval"), used
