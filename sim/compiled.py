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
import numpy  # noqa: E402

numba.config.CACHE_DIR = str(CACHE_FOLDER)  # type: ignore[attr-defined]


class Compiled:
    """A compiled function that Python calls without asking Numba at each call what its arguments are.

    To choose the machine code, Numba looks at every array of every table, which is most of what a call takes and
    weighs in small worlds.  Here the choice is remembered by the classes of the arguments, and for arrays by type, axes
    and layout: the columns of a table have the types that it declares, whatever the run.  Compiled callers see
    Numba's own function.
    """

    def __init__(self, dispatcher: Any) -> None:
        self.dispatcher = dispatcher
        self._known: dict[tuple[Any, ...], Any] = {}  # what the arguments are -> machine code

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Call the machine code for these arguments, compiled first where it is not there."""
        told = tuple([kind if (kind := type(arg)) in _SIMPLE else _told(arg, kind) for arg in args])
        code = self._known.get(told)
        return self._ask(told, args, named) if code is None or named else code(*args)

    def _ask(self, told: tuple[Any, ...], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        result = self.dispatcher(*args, **named)
        if not named:
            found = self.dispatcher.overloads.get(tuple(self.dispatcher.typeof_pyval(arg) for arg in args))
            # where something was converted or left out, Numba must be asked each time
            self._known[told] = self.dispatcher if found is None else found.entry_point
        return result

    @property
    def _numba_type_(self) -> Any:
        return self.dispatcher._numba_type_  # what compiled callers see

    def __getattr__(self, name: str) -> Any:
        if name == "dispatcher":  # not there yet
            raise AttributeError(name)
        return getattr(self.dispatcher, name)


_SIMPLE: set[type] = {bool, int, float, str, numpy.bool_, numpy.int64, numpy.uint64, numpy.float64}  # and tables, once seen
_BUNDLES: dict[int, tuple[Any, Any]] = {}  # bundles of parameters by their place in memory, and what they hold
_MOST = 1_000  # bundles remembered


def _told(arg: Any, kind: type) -> Any:
    """What chooses the machine code for an argument: the classes of arrays and of numbers, not their values."""
    if kind is numpy.ndarray:
        return arg.dtype.char, arg.ndim, arg.flags.num
    known = _BUNDLES.get(id(arg))
    if known is not None and known[0] is arg:
        return known[1]
    if not issubclass(kind, tuple):
        return kind
    if _is_table(kind):
        _SIMPLE.add(kind)
        return kind
    told = kind, *(_told(entry, type(entry)) for entry in arg)
    if len(_BUNDLES) >= _MOST:
        _BUNDLES.clear()
    _BUNDLES[id(arg)] = arg, told
    return told


def _is_table(kind: type) -> bool:
    """Whether a tuple is a table, all of whose columns are arrays of the types that it declares."""
    columns = getattr(kind, "__annotations__", {}).values()
    return bool(columns) and all(getattr(column, "__origin__", None) is numpy.ndarray for column in columns)


# Nothing is allocated in these, so they are compiled without reference counts: counting each array of each
# table at each access took five sixths of the time of search (measured).  Wrappers for callers in C and, for a
# part, in Python unpack every array of every table: leaving them out halves the time of compilation (measured).
_njit: Any = numba.njit  # two of the options are private


def _compiled(**options: Any) -> Any:
    """What marks a function to be compiled and called so; where compilation is off it stays as it is."""

    def mark(function: Any) -> Any:
        made = _njit(cache=True, nogil=True, no_cfunc_wrapper=True, **options)(function)
        return Compiled(made) if hasattr(made, "overloads") else made

    return mark


leaf = kernel = _compiled(_nrt=False)
part = _njit(cache=True, nogil=True, no_cfunc_wrapper=True, no_cpython_wrapper=True, _nrt=False)
allocating_kernel = _compiled()
