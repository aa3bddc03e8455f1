"""Compiling the model, once and before everything else; Ctrl-C ends it as it ends all the rest."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from experiments.pool import noticing_interrupts

if TYPE_CHECKING:
    from sim.plan import Plan


def say_on_stderr(line: str) -> None:
    """Say a line where it does not mix with results."""
    print(line, file=sys.stderr, flush=True)


def compile_once(plan: "Plan", say: Callable[[str], None] = say_on_stderr) -> None:
    """Compile the model if this machine has not done it before.

    Parameters
    ----------
    plan
        Any; the model is the same for all.
    say
        What to do with a line about the wait.

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C, also where the compiler lost it and failed for want of what it had been compiling.
    """
    from sim.warm_up import warm_up

    with noticing_interrupts():
        warm_up(plan, say)
