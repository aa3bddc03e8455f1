"""How much of the movement of loyalty no mechanism explains, in every shipped scenario at its own size.

    python -m experiments.comparison.left_over

Gross movement is the sum of the absolute bookings by month, vendor and cause, after burn-in. *Left over* is what is booked
as residual. Nothing drifts unbooked: what fades of an experience or a wallet is booked to what had built it up. *Chance* is
known exactly (which vendor a single deal fell to, how a single month went, beyond what was to be expected) and is a cause
of its own; it is shown apart, since it is large month by month and cancels over months, runs and partners.
"""

from typing import Annotated, NamedTuple

import typer

from experiments import console
from experiments.comparison.every_report import EXACT, OPEN
from experiments.pool import StudyError, in_any_order
from sim.observe.account import ATTITUDE, WALLET, account_of
from sim.scenario import load, shipped_names


class LeftOver(NamedTuple):
    """The account of one run, in shares of the gross movement."""

    gap: float  # by how much the bookings miss the change at most
    residual: dict[str, float]
    chance: dict[str, float]


def left_over(name: str, replication: int, settings: dict[str, object]) -> LeftOver:
    """Run one replication of a shipped scenario for its account."""
    account = account_of(load(name, settings).plan, replication)
    shares = {q: account.left_over(q) for q in (ATTITUDE, WALLET)}
    return LeftOver(account.gap(), {q: s[0] for q, s in shares.items()}, {q: s[1] for q, s in shares.items()})


app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
HEADERS = ("scenario", "runs", "misses the change by", "left over: attitude", "wallet", "chance: attitude", "wallet")


@app.command()
def main(
    only: Annotated[list[str], typer.Option(help="Scenarios; all by default.", show_default="all")] = [],  # noqa: B006
    replications: Annotated[int, typer.Option(min=1, help="Runs of each.")] = 1,
    partners: console.Partners = None,
    months: console.Months = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
) -> None:
    """Print what the loyalty accounts leave over, the largest of the runs of each scenario."""
    names = list(only) or shipped_names()
    settings = {k: v for k, v in (("population.partners", partners), ("months", months)) if v is not None}
    found: dict[str, list[LeftOver]] = {name: [] for name in names}
    for (name, *_), one in in_any_order(left_over, [(n, r, settings) for n in names for r in range(replications)], workers):
        found[name].append(one)
        typer.echo(f"{name}: {100 * max(one.residual.values()):.2f} % left over", err=True)
    typer.echo(console.show(HEADERS, [_row(name, runs) for name, runs in found.items()]))
    wrong = [name for name, runs in found.items() if any(r.gap > EXACT or max(r.residual.values()) > OPEN for r in runs)]
    if wrong:
        raise StudyError(f"more than {100 * OPEN:.0f} % left over, or not exact to {EXACT:g}: {', '.join(wrong)}")


def _row(name: str, runs: list[LeftOver]) -> list[object]:
    def largest(share: str, quantity: str) -> str:
        return f"{100 * max(getattr(run, share)[quantity] for run in runs):.1f} %"

    shares = [largest(share, q) for share in ("residual", "chance") for q in (ATTITUDE, WALLET)]
    return [name, len(runs), f"{max(run.gap for run in runs):.0e}", *shares]


if __name__ == "__main__":
    console.run_app(app)
