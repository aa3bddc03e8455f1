"""What is measured: pure functions of arrays, one file per question.

``loyalty`` (do partners stay with their vendors?), ``concentration`` (who holds how much?), ``participation``
(who is in which network?) and ``collaboration`` (who works with whom, and what does it bring?).
"""

from sim.observe.measures.collaboration import (
    alliances_by_form,
    component_labels,
    degrees,
    largest_component_share,
    one_plus_one,
    reach_gained,
    surplus_ratio,
)
from sim.observe.measures.concentration import hhi, row_hhi, shannon, top_share
from sim.observe.measures.loyalty import (
    LATENT,
    LOYALTIES,
    NO_LOYALTY,
    SPURIOUS,
    TRUE,
    active_vendors,
    dick_basu,
    dick_basu_shares,
    relative_attitude,
    retention,
    satisfied_share,
    shares_of_wallet,
    wallet,
)
from sim.observe.measures.participation import (
    count_by_kind,
    multi_homers,
    multi_homers_mean,
    multi_homers_share,
)

__all__ = [
    "LATENT",
    "LOYALTIES",
    "NO_LOYALTY",
    "SPURIOUS",
    "TRUE",
    "active_vendors",
    "alliances_by_form",
    "component_labels",
    "count_by_kind",
    "degrees",
    "dick_basu",
    "dick_basu_shares",
    "hhi",
    "largest_component_share",
    "multi_homers",
    "multi_homers_mean",
    "multi_homers_share",
    "one_plus_one",
    "reach_gained",
    "relative_attitude",
    "retention",
    "row_hhi",
    "satisfied_share",
    "shannon",
    "shares_of_wallet",
    "surplus_ratio",
    "top_share",
    "wallet",
]
