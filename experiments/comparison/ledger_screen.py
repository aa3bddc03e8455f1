"""An account as text: the waterfall of a span, and all bookings as a CSV file."""

from pathlib import Path

import numpy as np

from experiments import console
from experiments.runner import RunError
from sim.observe.account import ATTITUDE, WALLET, Account
from sim.observe.account.books import CAUSES
from sim.observe.account.causes import KIND_NAMES, WORDS

NAMED = {ATTITUDE: ("Attitude to", 1.0, ""), WALLET: ("Share of wallet of", 100.0, " points")}


def account_lines(account: Account, vendor: int, span: tuple[int, int], burn_in: int) -> list[str]:
    """The waterfall of both quantities, by kind of network.

    Parameters
    ----------
    account
        Of one run.
    vendor
        Row.
    span
        First month and month after the last, counted from the start of the run.
    burn_in
        Months of burn-in.
    """
    lines = []
    for quantity, (words, scale, unit) in NAMED.items():
        before, after = account.change(quantity, vendor, span)
        amounts = scale * account.by_cause(quantity, vendor, span)
        digits = 2 if scale == 100.0 else 4
        lines.append(
            f"{words} {account.vendors[vendor]}, months {span[0] - burn_in} to {span[1] - 1 - burn_in}: "
            f"{scale * before:.{digits}f} to {scale * after:.{digits}f}{unit}, change {scale * (after - before):+.{digits}f}"
        )
        rows = []
        for n, cause in enumerate(CAUSES[quantity]):
            if np.any(amounts[n]):
                rows.append(
                    [WORDS[cause], f"{amounts[n].sum():+.{digits}f}", *(f"{a:+.{digits}f}" if a else "" for a in amounts[n])]
                )
        rows.append(["sum", f"{amounts.sum():+.{digits}f}", *(f"{a:+.{digits}f}" for a in amounts.sum(axis=0))])
        lines.append(console.show(("cause", "all", *KIND_NAMES), rows))
        left, chance = account.left_over(quantity, span)
        lines += [f"Of the gross movement {100 * left:.1f} % is unexplained and {100 * chance:.1f} % is chance.", ""]
    return [*lines, f"Largest miss of a month's bookings: {account.gap():.1e}."]


def write_bookings(account: Account, path: Path) -> None:
    """All bookings as a CSV file.

    Raises
    ------
    RunError
        When it cannot be written.
    """
    import pyarrow.csv

    try:
        pyarrow.csv.write_csv(account.table(), path)
    except OSError as error:
        raise RunError(f"{path}: cannot be written: {error.strerror or error}; name another with --csv") from error
