"""Which kind of network erodes loyalty to the focal vendor, how surely, and why: two sentences of the first screen."""

import numpy as np
from numpy.typing import NDArray

from experiments.comparison.accounts import Summary
from experiments.comparison.material import Material
from sim.grounds import support
from sim.observe.account.books import ATTITUDE, CAUSES, WALLET
from sim.observe.account.causes import KIND_NAMES, OUTSIDE
from sim.observe.evidence import CONFIDENCE, figure, more_runs
from sim.verdict import KIND_WORDS, MARGIN_WALLET

MEETING = ("peers", "hosts", "co_delivery")  # what networks bring to loyalty
JOINT = 1.0 - (1.0 - CONFIDENCE) / OUTSIDE  # of each kind's interval: the worst of five is looked for (Bonferroni)
POINTS = 100.0 * MARGIN_WALLET


def kind_words(kind: str) -> str:
    """A kind of network in words."""
    return {"none": "outside networks"}.get(kind, KIND_WORDS.get(kind, kind))


def by_kind(summaries: list[Summary], quantity: str) -> NDArray[np.float64]:
    """What each kind of network contributes to loyalty to the focal vendor at the end, replications x kinds."""
    causes = [CAUSES[quantity].index(c) for c in MEETING if c in CAUSES[quantity]]
    return np.array([s.made[quantity][causes].sum(axis=0) for s in summaries])


def which_and_why(material: Material) -> list[str]:
    """Which kind of network erodes loyalty and how surely, and why; one sentence if that was not accounted for."""
    summaries, plan = material.accounts[material.cases[0].name], material.cases[0].plan
    if len(summaries) < 2:
        return [
            "Which kind of network erodes loyalty is not known: it takes the accounts of two runs or more "
            "(--accounts 8, of a comparison or of a run with --replications 8)."
        ]
    ground = support(plan)
    refused = ground is not None and ground.loyalty == "refused"
    drawn = " Vendors are drawn: this is about the model's vendors, not yours." if refused else ""
    focal, wallet = plan.names.vendors[0], by_kind(summaries, WALLET)[:, :OUTSIDE]
    said = which(wallet, focal)
    if material.comparison is not None:
        said = f"In {material.cases[0].name}, {said[0].lower()}{said[1:]}"
    return [said + drawn, _why(summaries, int(np.argmin(wallet.mean(axis=0))), focal)]


def which(wallet: NDArray[np.float64], focal: str) -> str:
    """Which kind erodes loyalty most, and how surely.

    Parameters
    ----------
    wallet : array, R x kinds
        What each kind adds to the vendor's share of wallet.
    focal
        The vendor's name.
    """
    found = [figure(wallet[:, k], JOINT) for k in range(wallet.shape[1])]
    worst, runs = int(np.argmin([f.mean for f in found])), wallet.shape[0]
    kind, f = kind_words(KIND_NAMES[worst]), found[worst]
    agree = int((wallet[:, worst] < 0.0).sum())
    share = (
        f"{100 * f.mean:+.2f} points of its wallet ({100 * f.low:+.2f} to {100 * f.high:+.2f}, 95 % for all kinds jointly; "
        f"below zero in {agree} of {runs} runs)"
    )
    if f.high < 0.0:
        size = "" if f.mean <= -MARGIN_WALLET else f", though by less than the {POINTS:g} points that matter"
        others = [kind_words(KIND_NAMES[k]) for k, g in enumerate(found) if k != worst and g.high < 0.0]
        also = f" So do, less, {' and '.join(others)} ones." if others else ""
        return f"Of the kinds of networks, {kind} ones erode loyalty to {focal} most, surely{size}: {share}.{also}"
    if all(g.low > -MARGIN_WALLET for g in found):
        nearest = "come nearest" if f.mean < 0.0 else "bring it least"
        none = f"No kind of network erodes loyalty to {focal} by the {POINTS:g} points that matter"
        return f"{none}; {kind} ones {nearest}: {share}."
    wanted = [more_runs(g, MARGIN_WALLET, JOINT, JOINT) for g in found if g.low <= -MARGIN_WALLET]  # of each that is open
    known = [n for n in wanted if n is not None]
    most = max(known, default=0)
    more = "more runs than can be said" if len(known) < len(wanted) else f"about {most} more run{'s' if most != 1 else ''}"
    return (
        f"Whether any kind of network erodes loyalty to {focal} cannot be told yet; {kind} ones come nearest: {share}. "
        f"It takes the accounts of {more}."
    )


def _why(summaries: list[Summary], kind: int, focal: str) -> str:
    def part(quantity: str, cause: str) -> float:
        return float(np.mean([s.made[quantity][CAUSES[quantity].index(cause), kind] for s in summaries]))

    routes = {
        "members take on other vendors that their allies' joint deals used": 100 * part(WALLET, "co_delivery"),
        "peers' and hosts' words change what is bought": 100 * (part(WALLET, "peers") + part(WALLET, "hosts")),
    }
    told = ", ".join(f"{words} ({x:+.2f} points)" for words, x in sorted(routes.items(), key=lambda item: item[1]))
    peers, hosts = part(ATTITUDE, "peers"), part(ATTITUDE, "hosts")
    return (
        f"Why: in {kind_words(KIND_NAMES[kind])} networks {told}; the attitude to {focal} is moved there by {peers:+.3f} "
        f"through peers and {hosts:+.3f} through the host."
    )
