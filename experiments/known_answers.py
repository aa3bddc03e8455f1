"""Functions whose sensitivity indices are known exactly: what a study of them must find is no matter of opinion.

They have the form of a study's own function: settings, replication and seed give one number an outcome.

References
----------
T. Ishigami, T. Homma, "An importance quantification technique in uncertainty analysis for computer models", ISUMA (1990).
A. Saltelli, I. M. Sobol', "About the use of rank transformation in sensitivity analysis", Reliab. Eng. Syst. Saf. 50 (1995).
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from experiments.outcomes import Outcome

ISHIGAMI_A, ISHIGAMI_B = 7.0, 0.1
SOBOL_G_A = (0.0, 1.0, 4.5, 9.0, 99.0, 99.0)

# Of x1, x2, x3 over -pi..pi: first order, total order.
_VARIANCE = ISHIGAMI_A**2 / 8 + ISHIGAMI_B * math.pi**4 / 5 + ISHIGAMI_B**2 * math.pi**8 / 18 + 0.5
_FIRST_1 = 0.5 * (1 + ISHIGAMI_B * math.pi**4 / 5) ** 2 / _VARIANCE
_PAIR_13 = ISHIGAMI_B**2 * math.pi**8 * (1 / 18 - 1 / 50) / _VARIANCE
ISHIGAMI_FIRST = (_FIRST_1, ISHIGAMI_A**2 / 8 / _VARIANCE, 0.0)
ISHIGAMI_TOTAL = (_FIRST_1 + _PAIR_13, ISHIGAMI_FIRST[1], _PAIR_13)


def with_columns(*columns: Outcome) -> Callable[[Callable[..., Any]], Any]:
    """Give a function the outcomes that it returns."""

    def mark(function: Any) -> Any:
        function.columns = columns
        return function

    return mark


def _x(settings: Mapping[str, Any], n: int) -> list[float]:
    return [float(settings[f"x{i}"]) for i in range(1, n + 1)]


@with_columns(Outcome("y", "1", "Ishigami's function"))
def ishigami(settings: Mapping[str, Any], replication: int, seed: int) -> dict[str, float]:
    """``sin x1 + a sin^2 x2 + b x3^4 sin x1``; ``noise`` in the settings adds chance of that standard deviation."""
    x1, x2, x3 = _x(settings, 3)
    y = math.sin(x1) + ISHIGAMI_A * math.sin(x2) ** 2 + ISHIGAMI_B * x3**4 * math.sin(x1)
    noise = float(settings.get("noise", 0.0))
    return {"y": y + (noise * float(np.random.default_rng([seed, replication]).normal()) if noise else 0.0)}


@with_columns(Outcome("y", "1", "Sobol's g function"))
def sobol_g(settings: Mapping[str, Any], replication: int, seed: int) -> dict[str, float]:
    """``prod (|4 x_i - 2| + a_i) / (1 + a_i)`` over x in 0..1."""
    x = _x(settings, len(SOBOL_G_A))
    return {"y": math.prod((abs(4 * xi - 2) + a) / (1 + a) for xi, a in zip(x, SOBOL_G_A, strict=True))}


def sobol_g_indices() -> tuple[list[float], list[float]]:
    """First- and total-order indices of Sobol's g function."""
    parts = [1 / (3 * (1 + a) ** 2) for a in SOBOL_G_A]
    total = math.prod(1 + v for v in parts) - 1
    return [v / total for v in parts], [v * math.prod(1 + w for w in parts) / (1 + v) / total for v in parts]
