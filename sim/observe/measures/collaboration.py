"""Collaboration: the graph of alliances, the reach it opens and the surplus it makes.

Vertices are the rows 0..n-1 of partners; an edge is a pair of rows ``(a, b)`` with an alliance in force.
"""

import numpy as np
from numpy.typing import NDArray


def alliances_by_form(forms: NDArray[np.int64], number_of_forms: int) -> NDArray[np.int64]:
    """How many ties there are of each form.

    Parameters
    ----------
    forms : int array, E
        Form of each tie in use, 0 = an acquaintance without an alliance.
    number_of_forms : int
        Length of the result.

    Returns
    -------
    int array, number_of_forms
        Counts.
    """
    return np.bincount(forms, minlength=number_of_forms)


def degrees(a: NDArray[np.int64], b: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Number of allies of each firm.

    Parameters
    ----------
    a, b : int array, E
        Ends of the edges.
    n : int
        Number of vertices.

    Returns
    -------
    int array, n
        Degrees; they sum to 2 E.
    """
    return np.bincount(a, minlength=n) + np.bincount(b, minlength=n)


def component_labels(a: NDArray[np.int64], b: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """The connected component of each firm, named by its lowest row.

    Every root takes the lowest root among its neighbours and paths are halved until nothing changes
    (Shiloach-Vishkin), which takes about ln n rounds.

    Parameters
    ----------
    a, b : int array, E
        Ends of the edges.
    n : int
        Number of vertices.

    Returns
    -------
    int array, n
        Labels; a firm without edges is its own component.
    """
    root = np.arange(n)
    while True:
        low = np.minimum(root[a], root[b])
        before = root.copy()
        np.minimum.at(root, before[a], low)
        np.minimum.at(root, before[b], low)
        while not np.array_equal(root, root[root]):
            root = root[root]
        if np.array_equal(root, before):
            return root


def largest_component_share(a: NDArray[np.int64], b: NDArray[np.int64], n: int) -> float:
    """Share of firms in the largest component.

    Parameters
    ----------
    a, b : int array, E
        Ends of the edges.
    n : int
        Number of vertices; give only living firms.

    Returns
    -------
    float
        1/n when there is no edge, 1 when all are connected; NaN when n is 0.
    """
    return float(np.bincount(component_labels(a, b, n)).max() / n) if n else np.nan


def reach_gained(a: NDArray[np.int64], b: NDArray[np.int64], own: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many things each firm reaches through direct allies that it does not have itself.

    ``|union of allies' sets minus own set|``, for sets of skills, vendors, regions or verticals as bit masks.

    Parameters
    ----------
    a, b : int array, E
        Ends of the edges.
    own : int array, N
        Bit mask of what each firm has itself.

    Returns
    -------
    int array, N
        Number of things gained, 0 for a firm without allies.
    """
    allies = np.zeros_like(own)
    np.bitwise_or.at(allies, a, own[b])
    np.bitwise_or.at(allies, b, own[a])
    return np.bitwise_count(allies & ~own).astype(np.int64)


def surplus_ratio(surplus: NDArray | float, outside: NDArray | float) -> float:
    """Surplus of joint work over its outside options, ``sum(Pi - sum d) / sum(sum d)``.

    A ratio of sums, never a mean of ratios: a single deal's outside option may be next to nothing.

    Parameters
    ----------
    surplus : array or float
        Joint profit less the outside options, US dollars, per deal or month.
    outside : array or float
        What the same capacity would have earned otherwise, US dollars, per deal or month.

    Returns
    -------
    float
        NaN when the outside options sum to nothing.
    """
    below = float(np.sum(outside))
    return float(np.sum(surplus)) / below if below > 0.0 else np.nan


def one_plus_one(paired: NDArray | float, barred: NDArray | float) -> float:
    """What "1 + 1" makes: twice what allied firms earn over what the same firms earn without their alliance.

    Parameters
    ----------
    paired : array or float
        Profit of the allied firms; summed.
    barred : array or float
        Profit of the same firms in a branch where their alliance is forbidden; summed.

    Returns
    -------
    float
        2 means that the alliance adds nothing; NaN when the firms earn nothing without it.
    """
    below = float(np.sum(barred))
    return 2.0 * float(np.sum(paired)) / below if below > 0.0 else np.nan
