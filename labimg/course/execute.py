"""Execute notebooks anew and store what they print: `python -m labimg.course.execute notebooks/*.ipynb`.

Pictures are stored in their static form, so that a page that only shows files shows them too;
widget state, times and counters of the run are left out; an error nobody planned ends it,
and the notebook stays as it was.
"""

import os
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient


def execute(path: Path) -> None:
    """Run the notebook at `path` top to bottom in a fresh kernel, and store it.

    Raises:
        CellExecutionError: a cell failed that is not tagged `raises-exception`.
    """
    os.environ["LABIMG_STATIC"] = "1"
    notebook: Any = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": path.parent}}
    ).execute()
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = _joined(cell.outputs)
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]


def _joined(outputs: list[Any]) -> list[Any]:
    """Neighbouring pieces of one stream as one: where they were cut is chance."""
    joined: list[Any] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(name, flush=True)
        execute(Path(name))
