"""What happened to a partner, told in order, with the figures behind each decision."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sim.events import TakenOn
from sim.observe.account.causes import OWN, WORDS
from sim.observe.account.diary import Diary, Page
from sim.plan import Plan
from sim.report import reasons
from sim.report.names import partner_name
from sim.verdict import KIND_WORDS

WHY_TAKEN = {"recruited": "recruited by it", "specified": "a customer had asked for it", "co_delivery": "after a joint "
    "deal that used it",
             "merged": "it took over one that was carried"}  # fmt: skip
WHY_ENDED = {"completed": "the project was done", "value": "what it brought fell "
    "below its upkeep", "outside": "a better partner was found",
             "hazard": "for reasons outside "
                 "the model", "changed_form": "it took another form", "partner_left": "the other left the market"}  # fmt: skip
WHY_LEFT = {
    "choice": "no longer worth its cost",
    "network_closed": "the network closed",
    "no_longer_eligible": "no longer eligible, as it carries no vendor of it any more",
}


class Happening(NamedTuple):
    """One dated line of a story."""

    month: int  # counted from the start of the run
    text: str


class Names(NamedTuple):
    """What firms and networks are called."""

    plan: Plan
    kinds: Mapping[int, str]  # kind of each network by uid

    def partner(self, uid: int) -> str:
        """A partner's name; an entrant is called after whom it succeeds."""
        return partner_name(self.plan, uid)

    def vendor(self, uid: int) -> str:
        """A vendor's name."""
        return self.plan.names.vendors[uid]

    def network(self, uid: int | None) -> str:
        """Where two met: in a network, by its number and kind, or outside networks."""
        return "outside networks" if uid is None else f"in network {uid} ({KIND_WORDS[self.kinds[uid]]})"


def names_of(plan: Plan, tables: Mapping[str, pa.Table]) -> Names:
    """Names of a run."""
    policies = tables["network_policies"]
    return Names(plan, dict(zip(policies["network"].to_pylist(), policies["kind"].to_pylist(), strict=True)))


def date(month: int, burn_in: int) -> str:
    """Year and month after burn-in, or how long before it ended."""
    after = month - burn_in
    return f"year {after // 12 + 1}, month {after % 12 + 1:>2}" if after >= 0 else f"{-after} months before"


def tell(
    uid: int, plan: Plan, tables: Mapping[str, pa.Table], diary: Diary, vendor: int | None = None, since: int | None = None
) -> list[str]:
    """The story of one partner.

    Parameters
    ----------
    uid
        The partner.
    plan
        Names and burn-in.
    tables
        The public tables of the replication.
    diary
        What it thought; empty where the replication was not run again.
    vendor
        Tell only what concerns this vendor, and who came and went.
    since
        First month told, counted from the start of the run; the end of burn-in when left out.

    Returns
    -------
    list of str
        Lines, the first a heading.
    """
    names, start = names_of(plan, tables), plan.burn_in if since is None else since
    firm = next(row for row in tables["partners"].to_pylist() if row["partner"] == uid)
    region = plan.names.regions[firm["region"]]
    lines = [f"{names.partner(uid)}, {firm['business_type']} in {region}, {firm['staff_entered']:.0f} staff at entry"]
    last_page = diary.pages.get((uid, start - 1)) or diary.pages.get((uid, max(start, firm["entered"])))
    if last_page is not None and vendor is None:
        lines.append(f"  at the start: {_line_card(last_page, names)}; memberships: {last_page.memberships}")
    told = [*_life(firm), *_relations(uid, tables, diary, names, vendor)]
    if vendor is None:
        told += [*_memberships(uid, tables, diary, names), *_alliances(uid, tables, diary, names), *_years(uid, tables)]
    for happening in sorted(told, key=lambda h: h.month):
        if happening.month >= start:
            lines.append(f"  {date(happening.month, plan.burn_in)}: {happening.text}")
    return lines


def _of(table: pa.Table, column: str, uid: int) -> list[dict]:
    return table.filter(pc.equal(table[column], uid)).to_pylist()


def _line_card(page: Page, names: Names) -> str:
    order = np.argsort(-page.share)
    parts = [f"{names.vendor(int(v))} {100 * page.share[v]:.0f} %" for v in order if page.carried[v]]
    return f"buys from {', '.join(parts)}" if parts else "carries no vendor"


def _life(firm: dict) -> Iterator[Happening]:
    yield Happening(firm["entered"], "enters the market")
    if firm["left"] is not None:
        yield Happening(firm["left"], f"leaves the market: {firm['why_left']}, {firm['staff_left']:.0f} staff")


def _relations(uid: int, tables: Mapping[str, pa.Table], diary: Diary, names: Names, only: int | None) -> Iterator[Happening]:
    for row in _of(tables["vendor_relations"], "partner", uid):
        if only is not None and row["vendor"] != only and row["why_taken_on"] != "co_delivery":
            continue
        vendor = names.vendor(row["vendor"])
        if row["why_taken_on"] != "founding":
            why = WHY_TAKEN[row["why_taken_on"]]
            told = f"takes on {vendor}: {why}{_joint(uid, row, tables, names)}{_why_taken(row, diary)}"
            yield Happening(row["taken_on"], told)
        if row["dropped"] is not None and row["why_dropped"] != "partner_left":
            if row["why_dropped"] == "vendor_left":
                yield Happening(row["dropped"], f"loses {vendor}, which leaves the market")
            else:
                yield Happening(row["dropped"], f"drops {vendor}{why_dropped(uid, row['vendor'], row['dropped'], diary)}")


def _why_taken(row: dict, diary: Diary) -> str:
    found = diary.decisions and diary.decisions.taken.get((row["partner"], row["vendor"], row["taken_on"]))
    return reasons.of_taking(found, TakenOn[row["why_taken_on"].upper()]) if found else ""


def _joint(uid: int, row: dict, tables: Mapping[str, pa.Table], names: Names) -> str:
    """The joint deal after which a vendor was taken on."""
    if row["why_taken_on"] != "co_delivery":
        return ""
    deals = tables["deals"]
    then = pc.and_(pc.equal(deals["delivered"], row["taken_on"]), pc.equal(deals["vendor"], row["vendor"]))
    for deal in deals.filter(then).to_pylist():
        team = [deal["owner"], *(deal[f"member_{k}"] for k in (1, 2, 3) if deal[f"member_{k}"] is not None)]
        if uid in team and len(team) > 1:
            with_whom = ", ".join(names.partner(u) for u in team if u != uid)
            return f", with {with_whom}, {deal['value']:,.0f} US dollars, met {names.network(deal['network'])}"
    return ""


def why_dropped(uid: int, vendor: int, month: int, diary: Diary) -> str:
    """The figures behind a drop: what it bought, said and had been through, and what had moved that in the last year."""
    now, before = diary.pages.get((uid, month - 1)), diary.pages.get((uid, month - 13))
    if now is None:
        return ""
    text = f". It bought {100 * now.share[vendor]:.0f} % of its wallet there"
    text += f" ({100 * before.share[vendor]:.0f} % a year earlier)" if before is not None else ""
    text += f"; its attitude was {now.attitude[vendor]:+.2f}"
    text += f" ({before.attitude[vendor]:+.2f} a year earlier)" if before is not None else ""
    own = {WORDS[n]: now.parts[n][vendor] for n in OWN}
    heard = {
        f"{WORDS[what]} in {KIND_WORDS[kind]} networks": x[vendor]
        for n, x in now.parts.items()
        for what, _, kind in [n.partition(":")]
        if kind
    }
    text += f": own experience {sum(own.values()):+.2f} ({_largest(own, 4)})"
    text += f", {_largest(heard, 3)}" if any(abs(x) >= 0.005 for x in heard.values()) else ", nothing heard that moved it"
    found = diary.decisions and diary.decisions.dropped.get((uid, vendor, month))
    return text + (reasons.of_dropping(found) if found else "")


def _largest(parts: Mapping[str, float], most: int) -> str:
    ranked = sorted(parts.items(), key=lambda item: -abs(item[1]))[:most]
    return ", ".join(f"{words} {amount:+.2f}" for words, amount in ranked if abs(amount) >= 0.005) or "nothing moved it"


def _memberships(uid: int, tables: Mapping[str, pa.Table], diary: Diary, names: Names) -> Iterator[Happening]:
    for row in _of(tables["memberships"], "partner", uid):
        network, left = names.network(row["network"]).removeprefix("in "), row["left"]
        if row["why_joined"] == "choice":
            expected = diary.decisions and diary.decisions.joined.get((uid, row["network"], row["joined"]))
            yield Happening(row["joined"], f"joins {network}{reasons.of_joining(expected) if expected else ''}")
        if left is not None and row["why_left"] != "partner_left":
            worth = diary.decisions and diary.decisions.left.get((uid, row["network"], left))
            why = reasons.of_leaving(worth) if worth else f": {WHY_LEFT[row['why_left']]}"
            yield Happening(left, f"leaves {network} after {left - row['joined']} months{why}")


def _alliances(uid: int, tables: Mapping[str, pa.Table], diary: Diary, names: Names) -> Iterator[Happening]:
    table = tables["alliances"]
    mine = table.filter(
        pc.and_(pc.or_(pc.equal(table["uid_a"], uid), pc.equal(table["uid_b"], uid)), pc.not_equal(table["form"], "project"))
    )
    for row in mine.to_pylist():
        other, trust = (row["uid_b"], row["trust_ab"]) if row["uid_a"] == uid else (row["uid_a"], row["trust_ba"])
        whom = f"{row['form']} alliance with {names.partner(other)}"
        begun = (
            f"begins {'a' if row['form'] == 'formal' else 'an'} {whom}, trust {trust:.2f}, met {names.network(row['network'])}"
        )
        weighed = diary.decisions and diary.decisions.allied.get(row["alliance"])
        yield Happening(row["start"], begun + (reasons.of_allying(weighed, row["form"]) if weighed else ""))
        if row["end"] is not None and row["why_ended"] != "changed_form":
            found = diary.decisions and diary.decisions.parted.get(row["alliance"])
            why = WHY_ENDED[row["why_ended"]] + (reasons.of_parting(found, row["why_ended"]) if found else "")
            yield Happening(row["end"], f"the {whom} ends after {row['end'] - row['start']} months: {why}")


def _years(uid: int, tables: Mapping[str, pa.Table]) -> Iterator[Happening]:
    for row in _of(tables["partner_years"], "partner", uid):
        joint = 100 * row["allied"] / row["revenue"] if row["revenue"] > 0 else 0.0
        yield Happening(
            row["month"],
            f"the year: {row['revenue']:,.0f} US dollars of revenue, {joint:.0f} % of it with others, {row['staff']:.1f} staff",
        )
