"""Plans and worlds that the analytic, invariant and determinism tests share."""

from experiments.validation.plans import (
    NETWORKS,
    SIZE,
    after,
    balances,
    built,
    groups,
    small_plan,
    with_parameters,
    with_rules,
)
from sim.world import TABLES, World

__all__ = [
    "NETWORKS", "SIZE", "after", "balances", "built", "differing_columns", "differing_events", "groups", "small_plan",
    "with_parameters", "with_rules",
]  # fmt: skip


def differing_columns(one: World, other: World) -> list[str]:
    """Names of columns that are not equal bit for bit; "month" where that differs."""
    out = [] if one.month == other.month else ["month"]
    for name in TABLES:
        for field, column in getattr(one, name)._asdict().items():
            theirs = getattr(getattr(other, name), field)
            if column.shape != theirs.shape or column.dtype != theirs.dtype or column.tobytes() != theirs.tobytes():
                out.append(f"{name}.{field}")
    return out


def differing_events(one: World, other: World) -> list[str]:
    """Names of tables of the event log that are not equal bit for bit."""
    assert one.log is not None
    assert other.log is not None
    tables = one.log.columns.keys() | other.log.columns.keys()
    out = []
    for name in sorted(tables):
        mine, theirs = one.log.table(name), other.log.table(name)
        same = mine.keys() == theirs.keys()
        if not same or any(mine[c].tobytes() != theirs[c].tobytes() for c in mine):
            out.append(name)
    return out
