"""The loyalty accounts of a comparison: some replications of each case, summed over one span, kept beside the records."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.arms import ROOT, code_of, plan_digest
from experiments.comparison.cases import Case
from experiments.comparison.runs import COMPARED
from experiments.compiling import compile_once
from experiments.pool import in_any_order
from experiments.runner import RunError, write_file
from sim.observe.account import ATTITUDE, WALLET, account_of
from sim.plan import Plan

FOCAL = 0
ACCOUNT = ROOT / "sim" / "observe" / "account"
Span = tuple[int, int]


class Summary(NamedTuple):
    """The account of one run over a span; arrays are causes x kinds, keyed by quantity."""

    start: dict[str, float]  # of the focal vendor
    end: dict[str, float]
    moved: dict[str, NDArray[np.float64]]  # bookings of the focal vendor
    made: dict[str, NDArray[np.float64]]  # what loyalty to the focal vendor is made of at the end
    made_all: dict[str, NDArray[np.float64]]  # the same, mean over vendors
    gap: float  # by how much the bookings miss the change at most
    left_over: dict[str, tuple[float, float]]  # shares of the gross movement that are unexplained, and chance


def summary_of(plan: Plan, replication: int, span: Span) -> Summary:
    """Run one replication for its account and sum it up."""
    account = account_of(plan, replication)
    ends = {q: account.change(q, FOCAL, span) for q in (ATTITUDE, WALLET)}
    return Summary(
        {q: e[0] for q, e in ends.items()},
        {q: e[1] for q, e in ends.items()},
        {q: account.by_cause(q, FOCAL, span) for q in ends},
        {q: account.made_of(q, FOCAL) for q in ends},
        {q: account.made_of(q) for q in ends},
        account.gap(),
        {q: account.left_over(q, span) for q in ends},
    )


def accounts(
    cases: Sequence[Case],
    replications: Sequence[int],
    span: Span,
    folder: Path,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, list[Summary]]:
    """The accounts of some replications of every case, run as far as they are not in the folder.

    Parameters
    ----------
    cases
        The baseline first.
    replications
        Their numbers.
    span
        First month and month after the last, counted from the start of the run.
    folder
        Of the comparison.
    workers
        Processes.
    progress
        Called with runs done and runs in all.
    """
    place = folder / f"records-{code_of(COMPARED)}"
    code = _account_code()
    paths = {
        c.name: [place / plan_digest(c.plan)[:24] / f"account-{code}-{span[0]}-{span[1]}-r{r:05d}.json" for r in replications]
        for c in cases
    }
    wanted = {path: (c.plan, r) for c in cases for path, r in zip(paths[c.name], replications, strict=True)}
    missing = [(path, *what, span) for path, what in wanted.items() if not path.exists()]
    tell = progress or (lambda done, total: None)
    tell(len(wanted) - len(missing), len(wanted))
    if missing:
        compile_once(missing[0][1], lambda line: None)
        for n, _ in enumerate(in_any_order(_keep, missing, min(workers, len(missing))), 1):
            tell(len(wanted) - len(missing) + n, len(wanted))
    return {name: [_read(path) for path in files] for name, files in paths.items()}


def _account_code() -> str:
    import hashlib

    digest = hashlib.sha256()
    for path in sorted(ACCOUNT.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def _keep(path: Path, plan: Plan, replication: int, span: Span) -> None:
    summary = summary_of(plan, replication, span)
    plain = {
        k: {q: v.tolist() if isinstance(v, np.ndarray) else v for q, v in x.items()} if isinstance(x, dict) else x
        for k, x in summary._asdict().items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, json.dumps(plain))


def _read(path: Path) -> Summary:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        for name in ("moved", "made", "made_all"):
            kept[name] = {q: np.array(v) for q, v in kept[name].items()}
        kept["left_over"] = {q: tuple(v) for q, v in kept["left_over"].items()}
        return Summary(**kept)
    except (OSError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise RunError(f"{path}: not an account, or damaged ({type(error).__name__}); remove it and report again") from error
