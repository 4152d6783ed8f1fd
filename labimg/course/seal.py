"""A seal: the digest of an answer, taken before the truth is shown.

Whoever changes the answer later cannot make the old seal fit; that is all it proves, and
it is never the only evidence.

>>> first = seal("07-E2", '{"a": 1}', salt="x")
>>> fits(first, "07-E2", '{"a": 1}', salt="x"), fits(first, "07-E2", '{"a": 2}', salt="x")
(True, False)
"""

import ast

from labimg.digest import Digest


def seal(level: str, text: str, *, salt: str) -> str:
    """The seal of an answer; spaces and the order of keys do not count."""
    return Digest.of("\0".join([salt, level, canonical(text)]).encode()).short


def fits(sealed: str, level: str, text: str, *, salt: str) -> bool:
    """Is it the answer that was sealed?"""
    return sealed == seal(level, text, salt=salt)


def canonical(text: str) -> str:
    """An answer without what does not count: a value as Python writes it, else lines without edges."""
    try:
        value = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError):
        return "\n".join(line.strip() for line in text.strip().splitlines())
    if isinstance(value, dict):
        return repr(sorted(value.items(), key=repr))
    return repr(value)
