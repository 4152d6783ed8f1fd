"""An audit of what a browser shows: can everybody read it, reach it, and know what it is?

It looks at the page as it stands, in the theme it has on, and gives one line for each fault.
Spec: https://www.w3.org/TR/2023/REC-WCAG22-20231005/ (1.4.1, 1.4.3, 2.4.3, 4.1.2)
"""

from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_suffix(".js").read_text("utf-8").partition("\n")[2]


def faults(page: Any, within: str = ".lu-frame, .lp-frame") -> list[str]:
    """What is wrong with the widgets of a page."""
    found: list[str] = page.evaluate(SCRIPT.strip(), within)
    return found
