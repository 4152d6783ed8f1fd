"""A text in quotes, as Go's `%q` prints it."""

_NAMED = {
    "\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v",
    '"': r"\"", "\\": r"\\",
}  # fmt: skip


def quote(text: str) -> str:
    r"""`text` between double quotes, with what cannot be printed written as an escape.

    >>> print(quote('say "hi"\t\x00\x7f é'))
    "say \"hi\"\t\x00\x7f é"
    """
    return f'"{"".join(map(_letter, text))}"'


def _letter(letter: str) -> str:
    code = ord(letter)
    if named := _NAMED.get(letter):
        return named
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if letter.isprintable():
        return letter
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
