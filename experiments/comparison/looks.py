"""How often a comparison looks at its pairs, and at what level, so that stopping early costs no honesty.

The looks are planned beforehand: 1/4, 1/2 and all of the pairs that may be run (a group-sequential design).  An
interval at the nominal level of Student's t, looked at three times, misses far more often than it says; so every
look uses the same stricter level (Pocock 1977), chosen such that the chance that *any* interval at *any* look misses
its truth is what was promised.  These are repeated confidence intervals: they cover whatever the reason for stopping
(Jennison and Turnbull 1989), also when it is another indicator that was decided.

Where several scenarios are compared with one, the same level also covers them jointly: the chance that any of their
intervals misses.  That is Dunnett's comparison of many with one (1955) in its paired, max-t form (Hothorn, Bretz and
Westfall 2008): the differences of one replication share the baseline and the chance, so their correlation is estimated
from the pairs, where Dunnett's own assumes that of independent groups (as ``scipy.stats.dunnett`` does).

The level is found by simulation of normal differences with unknown spread, with a fixed seed: a distribution of t, not
of z, so it also holds for few pairs.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

LEAST = 4  # pairs at the first look
DRAWS = 40_000
_SEED = 20_080_201
_BATCH = 2_000
_MANY = 200  # pairs beyond which t is normal enough for only the proportions of the looks to matter; keeps memory bounded


def planned(most: int) -> tuple[int, ...]:
    """Numbers of pairs at which to look: a quarter, half and all of ``most``, as far as they are at least 4.

    Parameters
    ----------
    most : int
        Pairs that may be run, at least 2.

    Returns
    -------
    tuple of int
        Rising; the last is ``most``.
    """
    return tuple(sorted({n for n in (round(most / 4), round(most / 2)) if n >= LEAST} | {most}))


def correlation_of(differences: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correlation of the differences of several scenarios from one.

    Parameters
    ----------
    differences : array, R x A
        One row a replication.

    Returns
    -------
    array, A x A
        Zero where one does not vary, which is the strict side.
    """
    known = differences[np.isfinite(differences).all(axis=1)]
    size = differences.shape[1]
    if size == 1 or known.shape[0] < 3:
        return np.eye(size)
    centred = known - known.mean(axis=0)
    spread = np.sqrt((centred**2).sum(axis=0))
    scaled = np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0.0)
    found = scaled.T @ scaled
    np.fill_diagonal(found, 1.0)
    return np.clip(found, -1.0, 1.0)


def nominal_level(looks: tuple[int, ...], correlation: NDArray[np.float64], error: float) -> float:
    """The two-sided error of each single interval such that all of them together err with probability ``error``.

    Parameters
    ----------
    looks : tuple of int
        Pairs at each look.
    correlation : array, A x A
        Of the differences of the scenarios that are compared with one.
    error : float
        Chance that any interval at any look misses: .05 for intervals, .10 for the pair of equivalence tests.

    Returns
    -------
    float
        ``error`` itself for one look at one difference.
    """
    if len(looks) == 1 and correlation.shape[0] == 1:
        return error
    rounded = tuple(tuple(float(x) for x in row) for row in np.round(correlation, 2))
    return _quantile(_in_proportion(tuple(looks)), rounded, round(error, 6))


def _in_proportion(looks: tuple[int, ...]) -> tuple[int, ...]:
    """Looks at fewer pairs in the same proportions, where the first is at many."""
    times = max(1.0, looks[0] / _MANY)
    return tuple(round(n / times) for n in looks)


@lru_cache(maxsize=256)
def _quantile(looks: tuple[int, ...], correlation: tuple[tuple[float, ...], ...], error: float) -> float:
    return float(np.quantile(_smallest_p(looks, correlation), error))


@lru_cache(maxsize=64)
def _smallest_p(looks: tuple[int, ...], correlation: tuple[tuple[float, ...], ...]) -> NDArray[np.float64]:
    """Simulated smallest p-value over all looks and scenarios where no scenario differs."""
    from scipy.special import stdtr

    generator = np.random.default_rng(_SEED)
    values, vectors = np.linalg.eigh(np.array(correlation))
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    size, out = root.shape[0], []
    for _ in range(DRAWS // _BATCH):
        drawn = generator.standard_normal((_BATCH, looks[-1], size)) @ root.T
        smallest = np.ones(_BATCH)
        for n in looks:
            part = drawn[:, :n]
            error = part.std(axis=1, ddof=1) / np.sqrt(n)
            t = np.abs(part.mean(axis=1)) / np.maximum(error, 1e-12)
            smallest = np.minimum(smallest, (2.0 * stdtr(n - 1, -t)).min(axis=1))
        out.append(smallest)
    return np.concatenate(out)
