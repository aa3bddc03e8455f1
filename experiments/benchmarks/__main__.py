"""The table of speed: ``python -m experiments.benchmarks``; ``--help`` says what else can be measured."""

import argparse
import sys
from pathlib import Path

from experiments import console
from experiments.benchmarks import check
from experiments.benchmarks.long import SHOWN, long_run, shown
from experiments.benchmarks.measures import (
    copy_seconds,
    exponent,
    month_seconds,
    plan_of,
    reference_ratio,
    runs_per_second,
    set_up,
    shares,
    start,
    state_bytes,
)
from experiments.compiling import compile_once
from experiments.runner import RunError

SIZES = (500, 5_000, 50_000)


def main() -> int:
    """Print what is asked for; 1 when the check fails."""
    parser = argparse.ArgumentParser(
        prog="python -m experiments.benchmarks", description="How fast the model is, measured in one process on the baseline."
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="compare a few ratios with those kept; 1 when one is 30 %% worse")
    what.add_argument("--keep", action="store_true", help="measure those ratios anew and keep them")
    parser.add_argument("--sizes", type=_sizes, default=SIZES, metavar="N,N,...", help="numbers of partners (500,5000,50000)")
    parser.add_argument("--months", type=int, default=12, help="months measured at each size (12)")
    parser.add_argument(
        "--reference", type=_sizes, default=(500,), metavar="N,N,...", help="partners of the plain Mesa reference, slow (500)"
    )
    what.add_argument("--long", type=_long, metavar="NxMONTHS", help="one long run with series, such as 100000x24")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="keep the long run there; the same call goes on")
    parser.add_argument("--first-start", action="store_true", help="also compile from nothing, which takes a minute or two")
    asked = parser.parse_args()
    if asked.keep:
        for name, value in check.keep().items():
            print(f"{name:32s} {value:9.3g}")
        return 0
    if asked.check:
        return 1 if check.worse(_say) else 0
    if asked.long:
        partners, months = asked.long
        return _long_run(partners, months, asked.out)
    table(asked.sizes, asked.months)
    whole_runs(asked.reference)
    starts(asked.first_start)
    return 0


def _sizes(text: str) -> tuple[int, ...]:
    try:
        sizes = tuple(int(n) for n in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"whole numbers separated by commas, not {text!r}") from None
    if min(sizes) < 20:
        raise argparse.ArgumentTypeError("at least 20 partners each")
    return sizes


def _long(text: str) -> tuple[int, int]:
    try:
        partners, months = (int(part) for part in text.split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"partners x months such as 100000x24, not {text!r}") from None
    if partners < 20 or months < 1:
        raise argparse.ArgumentTypeError("at least 20 partners and a month")
    return partners, months


def _long_run(partners: int, months: int, folder: Path | None) -> int:
    """A long run and some of its series; 2 with one message when it cannot be made."""
    try:
        run = long_run(partners, months, _say, folder)
    except RunError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    _say("\n" + console.show(("month", *SHOWN), shown(run.rows)))
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


def table(sizes: tuple[int, ...], months: int) -> None:
    """Time, growth, memory and shares by number of partners."""
    compile_once(plan_of(500), _say)
    heads = ("partners", "ns a partner-month", "growth", "copies of state", "bytes a partner", "set-up s")
    _say(" ".join(f"{head:>{width}s}" for head, width in zip(heads, (9, 19, 7, 16, 16, 9), strict=True)))
    before: tuple[int, float] | None = None
    last: dict[str, float] = {}
    for n in sizes:
        world, built = set_up(n)
        month = month_seconds(world, months)
        grown = f"{exponent(*before, n, month):7.2f}" if before else f"{'':7s}"
        copies = month / copy_seconds(world)
        _say(f"{n:9,d} {1e9 * month / n:19,.0f} {grown} {copies:16,.1f} {state_bytes(world) / n:16,.0f} {built:9.2f}")
        before, last = (n, month), shares(world, max(2, months // 4))
    _say(f"share of each process at {sizes[-1]:,} partners: " + ", ".join(f"{name} {share:.1%}" for name, share in last.items()))


def whole_runs(sizes: tuple[int, ...]) -> None:
    """Runs a second, and how many times slower the reference is."""
    bare, recorded = runs_per_second()
    _say(f"runs of 500 partners x 120 months a CPU second: {bare:.2f}; with series and tables {recorded:.2f}")
    for partners in sizes:
        ratio = reference_ratio(partners, 6)
        if ratio is None:
            _say("plain Mesa reference: not measured; it is part of the tests, and only the package is installed")
            return
        _say(f"plain Mesa reference, {partners:,} partners: {ratio:.1f} times the CPU time of the engine")


def starts(first: bool) -> None:
    """How long a new process takes until the model has run a month."""
    wall, cpu = start(cold=False)
    _say(f"later start: {wall:.1f} s, {cpu:.1f} CPU s")
    if first:
        wall, cpu = start(cold=True)
        _say(f"first start, compilation included: {wall:.1f} s, {cpu:.1f} CPU s")


if __name__ == "__main__":
    sys.exit(main())
