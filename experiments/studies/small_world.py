"""How much of a small world the graph of alliances is, year by year (Watts and Strogatz 1998; Uzzi and Spiro 2005)."""

import numpy as np
import pyarrow as pa

LEAST = 10  # firms in the largest component below which nothing is said


def graph_at(alliances: pa.Table, month: int):
    """The graph of alliances in force at the end of a month, as networkx has it."""
    import networkx as nx

    start, end = alliances["start"].to_numpy(), alliances["end"].fill_null(np.iinfo(np.int64).max).to_numpy()
    there = (start <= month) & (end > month)
    graph = nx.Graph()
    graph.add_edges_from(
        zip(alliances["uid_a"].to_numpy()[there].tolist(), alliances["uid_b"].to_numpy()[there].tolist(), strict=True)
    )
    return graph


def quotient(graph) -> float:
    """Clustering over path length in the largest component, each against a random graph of its size and degree.

    ``(C / C_random) / (L / L_random)`` with ``C_random = k / n`` and ``L_random = ln n / ln k``.

    Parameters
    ----------
    graph
        Of networkx.

    Returns
    -------
    float
        NaN in a component of fewer than ten firms, or where the mean degree is 1 or less.
    """
    import networkx as nx

    if graph.number_of_nodes() == 0:
        return np.nan
    part = graph.subgraph(max(nx.connected_components(graph), key=len))
    n = part.number_of_nodes()
    k = 2.0 * part.number_of_edges() / n
    if n < LEAST or k <= 1.0:
        return np.nan
    clustering, length = nx.average_clustering(part), nx.average_shortest_path_length(part)
    return float(clustering / (k / n) / (length / (np.log(n) / np.log(k))))


def small_world(alliances: pa.Table, burn_in: int, total: int) -> dict[str, float]:
    """The quotient early and late, and its change in logs.

    Parameters
    ----------
    alliances
        Of ``sim.observe.schema``.
    burn_in, total
        Months.

    Returns
    -------
    dict of str to float
        Early is the mean of the first two year-ends after burn-in, late of the last two.
    """
    ends = range(burn_in, total, 12)
    found = np.array([quotient(graph_at(alliances, month)) for month in (*ends[:2], *ends[-2:])])
    early, late = (float(np.nanmean(part)) if np.isfinite(part).any() else np.nan for part in (found[:2], found[2:]))
    change = float(np.log(late / early)) if early > 0.0 and late > 0.0 else np.nan
    return {"small_world_early": early, "small_world_late": late, "small_world_change": change}
