"""How kernels are compiled.

``leaf`` marks a scalar function that kernels and Python call, ``part`` one that only kernels call; ``kernel``
marks a loop that writes into the columns it is given; ``allocating_kernel`` one that makes arrays.  All are
Numba's nopython mode without fast-math, so compiled and interpreted code agree.

Numba's on-disk cache does not notice an edit in a function imported from another file, so the cache
folder is named after a hash of all of sim's source.
"""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

FACES = ("scenario", "observe", "report", "live")  # folders that hold no kernels


def source_hash() -> str:
    """A short hash of every Python file of ``sim`` that a kernel may depend on: the identity of the model's code."""
    root = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        if path.relative_to(root).parts[0] in FACES:
            continue
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    home = Path(base) if base else Path.home() / ".cache"
    folder = home / "channel-sim" / source_hash()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.gettempdir()) / "channel-sim" / source_hash()
        folder.mkdir(parents=True, exist_ok=True)
    return folder


CACHE_FOLDER = _cache_folder()
os.environ["NUMBA_CACHE_DIR"] = str(CACHE_FOLDER)

import numba  # noqa: E402  (the cache folder must be known first)

numba.config.CACHE_DIR = str(CACHE_FOLDER)  # type: ignore[attr-defined]

# Nothing is allocated in these, so they are compiled without reference counts: counting each array of each
# table at each access took five sixths of the time of search (measured).  Wrappers for callers in C and, for a
# part, in Python unpack every array of every table: leaving them out halves the time of compilation (measured).
_njit: Any = numba.njit  # two of the options are private
leaf = kernel = _njit(cache=True, nogil=True, no_cfunc_wrapper=True, _nrt=False)
part = _njit(cache=True, nogil=True, no_cfunc_wrapper=True, no_cpython_wrapper=True, _nrt=False)
allocating_kernel = _njit(cache=True, nogil=True, no_cfunc_wrapper=True)
