"""One sweep at a time in a folder.

The lock is the operating system's on an open file: it ends with the process that holds it, however that ends, so there is
no stale lock to remove.  The file's text, who holds it, is for messages only.
"""

import contextlib
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from experiments.pool import StudyError

FILE = ".lock"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder.

    Raises
    ------
    StudyError
        When another process holds it; says which.
    """
    descriptor = os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            who = holder(folder)
            says = f"another sweep is at work here{who}; wait for it, stop it, or name another folder with --out"
            raise StudyError(f"{folder}: {says}") from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"process": os.getpid(), "host": socket.gethostname()}).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def holder(folder: Path) -> str:
    """Who wrote the lock last, for a message."""
    try:
        said = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return f" (process {int(said['process'])} on {str(said['host'])[:100]})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def is_locked(folder: Path) -> bool:
    """Whether a sweep is at work in a folder."""
    try:
        descriptor = os.open(folder / FILE, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
