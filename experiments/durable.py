"""Files that are there complete or not at all, and survive a power cut once they are."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.observe.durable import flush

DRAFT = ".tmp"  # what a killed writer leaves ends so and is never read


def write_aside(path: Path, write: Callable[[Path], Any]) -> None:
    """Write a file under a temporary name, flush it, rename it, flush the folder.

    Parameters
    ----------
    path
        Its folder exists.
    write
        Given the temporary name, writes the file.

    Raises
    ------
    OSError
        When it cannot be written; nothing is left then, and a file of that name that was there before still is.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}{DRAFT}")
    try:
        write(draft)
        flush(draft)
        os.replace(draft, path)
        flush(path.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str) -> None:
    """Write a text in UTF-8 in the same way."""
    write_aside(path, lambda draft: draft.write_text(text, encoding="utf-8"))
