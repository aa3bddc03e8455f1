"""What partners are called wherever a person reads of them."""

from sim.plan import Plan
from sim.processes.turnover import GENERATION

_NEWCOMERS, _A_MONTH = 1 << 31, 1 << 14  # as uids of newcomers are given out in sim.processes.turnover


def partner_name(plan: Plan, uid: int) -> str:
    """A partner's name: given, else its number from 1; a successor's is its predecessor's with the generation.

    Parameters
    ----------
    plan
        With the names of partners from data.
    uid
        As in event tables, from 0.

    Returns
    -------
    str
        "Partner 8" for uid 7.
    """
    generation, first = divmod(int(uid), GENERATION)
    given = plan.given.names if plan.given is not None else ()
    if first >= _NEWCOMERS:
        month, k = divmod(first - _NEWCOMERS, _A_MONTH)
        name = f"Entrant {month}-{k + 1}"
    else:
        name = given[first] if first < len(given) else f"Partner {first + 1}"
    return f"{name} (successor {generation})" if generation else name
