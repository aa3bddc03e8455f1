"""What is written survives a power cut."""

import os
from pathlib import Path


def flush(path: Path) -> None:
    """Let the operating system write a file, or a folder's list of files, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
