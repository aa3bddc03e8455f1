"""How fast the live view is, measured.

    python -m sim.live.benchmark [--split] [--page] [--start] [--viewers] [--memory]

Prints what a month costs the server, part by part; frames and months a second in headless Chromium; the time from the
command to the first drawn frame; what serving 50 viewers costs; and how memory grows.  Figures depend on the machine and on
what else runs on it: the number of processors and the load are printed with them, and where it answers the question
processor time is measured, which others on the machine do not change.
"""

import argparse
import asyncio
import os

from sim.live.benchmark.first_frame import print_first_frame
from sim.live.benchmark.months import print_split
from sim.live.benchmark.page import print_played
from sim.live.benchmark.viewers import listen, print_memory, print_viewers

SINGLY, AGGREGATED = (300, 1_000, 3_000), (10_000,)
_PARTS = {
    "split": "what a month costs the server, part by part",
    "page": "frames and months a second in headless Chromium",
    "start": "from the command to the first drawn frame",
    "viewers": "50 viewers at 10,000 partners",
    "memory": "memory over 5,000 months and 500 viewers, at 100 partners",
}


def main() -> None:
    """Measure what is asked for, all by default."""
    parser = argparse.ArgumentParser(prog="python -m sim.live.benchmark", description="How fast the live view is, measured.")
    for part, words in _PARTS.items():
        parser.add_argument(f"--{part}", action="store_true", help=words)
    parser.add_argument(
        "--partners", type=int, nargs="+", default=[*SINGLY, *AGGREGATED],
        help="of the measurements of months and frames (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--priority",
        action="store_true",
        help="measure page and start with precedence over all other programs (needs the right to)",
    )
    parser.add_argument("--listen", nargs=3, metavar=("ADDRESS", "ORIGIN", "COUNT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.listen:
        asyncio.run(listen(asked.listen[0], asked.listen[1], int(asked.listen[2])))
        return
    chosen = [part for part in _PARTS if getattr(asked, part)] or list(_PARTS)
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start", flush=True)
    for part in chosen:
        _measure(part, asked.partners, asked.priority)


def _measure(part: str, sizes: list[int], priority: bool) -> None:
    if part == "split":
        for partners in sizes:
            print_split(partners, 24)
    elif part == "page":
        for partners in sizes:
            print_played(partners, 4.0, priority)
        print_played(1_000, 60.0, priority)
    elif part == "start":
        print_first_frame(priority)
    elif part == "viewers":
        print_viewers(10_000, 50)
    else:
        print_memory(5_000, 500)


if __name__ == "__main__":
    main()
