"""Which curve a path of growth follows: constant, straight, saturating at once, or S-shaped, chosen by AICc."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

STEP = 6  # months averaged, which takes most of the autocorrelation out


def _constant(t: NDArray, a: float) -> NDArray:
    return a + 0.0 * t


def _line(t: NDArray, a: float, b: float) -> NDArray:
    return a + b * t


def _saturating(t: NDArray, a: float, b: float, rate: float) -> NDArray:
    return a + b * (1.0 - np.exp(-rate * t))


def _logistic(t: NDArray, top: float, rate: float, middle: float) -> NDArray:
    return top / (1.0 + np.exp(-np.clip(rate * (t - middle), -500.0, 500.0)))


CURVES: dict[str, Callable[..., NDArray]] = {
    "constant": _constant, "line": _line, "saturating": _saturating, "logistic": _logistic,
}  # fmt: skip


def aicc(rest: float, n: int, parameters: int) -> float:
    """Akaike's criterion of a least-squares fit, corrected for few points; the variance counts as a parameter.

    Parameters
    ----------
    rest
        Sum of squares that is left.
    n
        Points.
    parameters
        Of the curve.

    Returns
    -------
    float
        Infinite where there are too few points.

    References
    ----------
    K. P. Burnham and D. R. Anderson, Model Selection and Multimodel Inference (2002).
    """
    k = parameters + 1
    if n - k - 1 <= 0:
        return np.inf
    return float(n * np.log(max(rest, 1e-12) / n) + 2 * k + 2 * k * (k + 1) / (n - k - 1))


def fitted(path: NDArray, step: int = STEP) -> dict[str, float]:
    """AICc of each curve on the means of successive months.

    Parameters
    ----------
    path
        Monthly, from the beginning; what is not known is left out.
    step
        Months a mean.

    Returns
    -------
    dict of str to float
        By name of the curve; NaN where a fit does not settle.
    """
    whole = path[: path.size // step * step].reshape(-1, step)
    y = whole.mean(axis=1)
    t = (np.arange(y.size) + 0.5) * step / 12.0
    known = np.isfinite(y)
    return {name: _aicc_of(name, t[known], y[known]) for name in CURVES}


def _aicc_of(name: str, t: NDArray, y: NDArray) -> float:
    from scipy.optimize import OptimizeWarning, curve_fit

    if y.size < 3:
        return np.nan
    span, years = float(y[-1] - y[0]), float(max(t[-1], 1e-9))
    first = {
        "constant": [y.mean()], "line": [y[0], span / years], "saturating": [y[0], span, 2.0 / years],
        "logistic": [max(y.max(), 1e-6), 4.0 / years, years / 4.0],
    }[name]  # fmt: skip
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", (OptimizeWarning, RuntimeWarning))  # type: ignore[arg-type]
        try:
            at, _ = curve_fit(CURVES[name], t, y, p0=first, maxfev=5_000)
        except RuntimeError:
            return np.nan
        rest = float(((y - CURVES[name](t, *at)) ** 2).sum())
    return aicc(rest, y.size, len(first))
