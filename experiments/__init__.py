"""Experiments: many runs of scenarios, kept on disk and analysed.

>>> import experiments
>>> experiments.sweep("sensitivity", workers=2).pandas()  # doctest: +SKIP
"""

from typing import Any

__all__ = ["sweep"]


def __getattr__(name: str) -> Any:
    if name == "sweep":
        from experiments.sweeps.sweeping import sweep

        return sweep
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
