"""Reports: the files that a grading leaves, each written whole, or not at all."""

from pathlib import Path


def write(path: Path, text: str) -> None:
    """Write a file whole, or not at all; its folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, "utf-8", newline="\n")
    part.replace(path)
