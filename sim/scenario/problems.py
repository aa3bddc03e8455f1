"""What is wrong with a scenario, said in one message: which file, which key, what was expected, what to do."""

import difflib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

KeyPath = tuple[str | int, ...]
LISTED = 15  # most names that a message lists


class ScenarioError(ValueError):
    """A scenario, or a file that it names, cannot be used; the message, one line, says what to change where."""

    def __init__(self, message: str) -> None:
        super().__init__("".join(c if c.isprintable() else "?" for c in message))


class Problem(NamedTuple):
    """One thing that is wrong."""

    path: KeyPath  # keys and list positions, outermost first
    says: str  # what was expected, the nearest valid name, the remedy


class Problems(list[Problem]):
    """All that is found wrong before giving up."""

    def add(self, path: KeyPath, says: str) -> None:
        """Note one more."""
        self.append(Problem(path, says))


def dotted(path: KeyPath) -> str:
    """A path as a scenario's author counts: ``("networks", 0, "count")`` is "networks[1].count"."""
    out = ""
    for part in path:
        if isinstance(part, int):
            out += f"[{part + 1}]"
        else:
            name = part if len(part) <= 60 else part[:57] + "..."
            out += f".{name}" if out else name
    return out


def position(name: object, names: Sequence[str]) -> int | None:
    """Where a name stands among names, without regard to case; None when it does not."""
    if not isinstance(name, str):
        return None
    folded = name.casefold()
    return next((n for n, known in enumerate(names) if known.casefold() == folded), None)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like ``name``, None if none is."""
    by_folded = {k.casefold(): k for k in known}
    close = difflib.get_close_matches(name.casefold()[:100], by_folded, n=1, cutoff=0.6)
    if close:
        return by_folded[close[0]]
    begins = [k for folded, k in by_folded.items() if len(name) > 2 and folded.startswith(name.casefold())]
    return begins[0] if begins else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """', did you mean "..."?' or nothing."""
    close = nearest(name, known)
    return f', did you mean "{close}"?' if close else ""


def unlike(name: object, known: Iterable[str], what: str = "there are") -> str:
    """The nearest known name, and all of them: ', did you mean "..."? There are ...'."""
    names = list(known)
    hint = did_you_mean(name, names) if isinstance(name, str) else ""
    return f"{hint} {what.capitalize()} {listed(names)}" if hint else f"; {what} {listed(names)}"


def listed(known: Iterable[str]) -> str:
    """Names with commas, the first few when there are many."""
    names = list(known)
    tail = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + tail


def shown(value: object) -> str:
    """A value as a scenario file would write it, cut when long."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) >= 10**20:
        return "a number of more than 20 digits"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= 60 else text[:57] + "..."
