"""The log of looks at the held-out facts: who asked when, on which commit, and which defaults had changed since.

A line is written before the facts are computed, so a look that is broken off counts.  Beside the log stands the
list of all defaults at the last look, from which what changed since is told.
"""

import csv
import hashlib
import json
import os
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from experiments.coefficients import coefficients
from experiments.console import show
from experiments.pool import StudyError
from sim.plan import Plan

FIELDS = ("date", "commit", "dirty", "defaults", "asked", "changed", "note")
LOG = Path(__file__).resolve().parent / "looks.csv"


def defaults_of(plan: Plan) -> dict[str, float]:
    """Every coefficient of a plan by name."""
    return {c.key: c.value for c in coefficients(plan)}


def digest_of(defaults: dict[str, float]) -> str:
    """Twelve hexadecimal digits that stand for these defaults."""
    return hashlib.sha256(json.dumps(defaults, sort_keys=True).encode()).hexdigest()[:12]


def changes(before: dict[str, float] | None, now: dict[str, float]) -> str:
    """Which defaults differ, in words.

    Parameters
    ----------
    before
        Defaults at the last look, None where they are not known.
    now
        Defaults today.

    Returns
    -------
    str
        "nothing", "unknown", or key: old -> new, separated by semicolons.
    """
    if before is None:
        return "unknown"
    keys = sorted(set(before) | set(now))
    said = [f"{k}: {before.get(k, 'none')} -> {now.get(k, 'none')}" for k in keys if before.get(k) != now.get(k)]
    return "; ".join(said) or "nothing"


def commit() -> tuple[str, str]:
    """The commit that is checked out, and whether the tree differs from it ("yes", "no", "unknown")."""
    try:
        name = _git("rev-parse", "--short", "HEAD").strip()
        return name, "yes" if _git("status", "--porcelain", "--", "sim", "scenarios", "experiments/*.py").strip() else "no"
    except (OSError, subprocess.CalledProcessError):
        return "unknown", "unknown"


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=LOG.parent.parent, check=True, capture_output=True, text=True).stdout


def log_look(plan: Plan, note: str = "", log: Path = LOG) -> None:
    """Append a line to the log.

    Parameters
    ----------
    plan
        What will be looked at; its coefficients are compared with those of the last look.
    note
        Anything to add.
    log
        The file; its list of defaults lies beside it.

    Raises
    ------
    StudyError
        When it cannot be written: no look without a line.
    """
    now = defaults_of(plan)
    list_of = log.with_name(f"{log.stem}_defaults.json")
    try:
        before = json.loads(list_of.read_text(encoding="utf-8")) if list_of.exists() else None
        name, dirty = commit()
        asked = shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])
        line = [datetime.now(UTC).date().isoformat(), name, dirty, digest_of(now), asked, changes(before, now), note]
        new = not log.exists()
        with log.open("a", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerows([FIELDS, line] if new else [line])
            file.flush()
            os.fsync(file.fileno())
        list_of.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    except (OSError, ValueError) as error:
        raise StudyError(f"{log}: the look cannot be logged: {error}; nothing was computed, make the file writable") from error


def read_log(log: Path = LOG) -> str:
    """The log as a table."""
    with log.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return show(FIELDS, [[row[field] for field in FIELDS] for row in rows])
