"""The signs, words and colours that all pictures share.

A meaning is never told by colour alone: a floor has its number in its swatch, and
what a floor did to a file has a sign and a word.
"""

from typing import Final

ADDS, REPLACES, COPIED, WHITEOUT, OPAQUE, SHADOWED = "+", "~", "↑", "×", "◍", "·"

WORDS: Final = {
    ADDS: "adds",
    REPLACES: "replaces",
    COPIED: "copied up",
    WHITEOUT: "whiteout",
    OPAQUE: "opaque",
    SHADOWED: "shadowed",
}

# Okabe and Ito's colours for all kinds of sight, yellow last because it is weak on white.
FLOORS: Final = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#0072B2", "#D55E00", "#F0E442")

PAPER: Final = "#ffffff"
INK: Final = "#1f2328"  # text
SOFT: Final = "#57606a"  # text of lesser weight
LINE: Final = "#8c959f"  # borders that carry meaning
FAINT: Final = "#d0d7de"  # borders that do not
WASH: Final = "#f6f8fa"  # the ground of a band
ALARM: Final = "#a40e26"  # what is struck through
LIT: Final = "#b35900"  # the edge to look at
GOOD: Final = "#0a5f38"  # what is new, or right
GOOD_WASH: Final = "#e3f5ea"
BAD_WASH: Final = "#fdeaec"
CALLED: Final = "#fff8c5"  # the ground of a name
KNOWN: Final = "#ddf4ff"  # the ground of an image
BAR: Final = "#0a70b0"  # bytes of one's own
PALE: Final = "#cfe4f5"  # bytes that are shared

# The same on a dark page; the floors keep their colours, and the numbers on them.
NIGHT: Final = {
    PAPER: "#161b22", INK: "#e6edf3", SOFT: "#9da7b3", LINE: "#768390", FAINT: "#373e47", WASH: "#22272e",
    ALARM: "#ff9d9d", LIT: "#f0a04b", GOOD: "#7ee2a8", GOOD_WASH: "#14301f", BAD_WASH: "#3a1d22",
    CALLED: "#3a3410", KNOWN: "#12324a", BAR: "#56b4e9", PALE: "#1d3f57",
}  # fmt: skip


def colour(floor: int) -> str:
    """The colour of floor number `floor`; they come again after the seventh, the number does not."""
    return FLOORS[(floor - 1) % len(FLOORS)]


def ink(ground: str) -> str:
    """Black or white, whichever is read better on `ground`."""
    return max("#000000", "#ffffff", key=lambda letter: contrast(letter, ground))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21.

    Spec: https://www.w3.org/TR/2023/REC-WCAG22-20231005/#dfn-contrast-ratio

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def legend() -> list[str]:
    """Each sign with its word."""
    return [f"{sign} {word}" for sign, word in WORDS.items()]
