"""Stories in words: one sentence for each thing that happened to a firm, with its reason and the figures behind it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sim.events import AllianceEnd, Dropped, JoinReason, LeaveReason, PartnerExit, TakenOn
from sim.live.names import Names
from sim.state.ties import FORMAL, FORMS, OCCASIONAL, PROJECT
from sim.world import World

Row = Mapping[str, float]

_TAKEN = {
    TakenOn.FOUNDING: "carried it from the start",
    TakenOn.RECRUITED: "the vendor recruited it",
    TakenOn.CO_DELIVERY: "met it in a joint project, through an ally who carries it",
    TakenOn.SPECIFIED: "a customer asked for it by name",
    TakenOn.MERGED: "it took over a vendor that the firm carried",
}
_LEFT = {
    LeaveReason.CHOICE: "what it brought no longer outweighed its cost in fees and attention",
    LeaveReason.NETWORK_CLOSED: "the network closed",
    LeaveReason.PARTNER_LEFT: "the firm left the market",
    LeaveReason.NO_LONGER_ELIGIBLE: "it no longer carries the vendor that the network asks for",
}
_EXIT = {PartnerExit.RETIREMENT: "it was wound up or sold", PartnerExit.BANKRUPTCY: "out of cash for three months in a row"}


def told(table: str, row: Row, of: int, names: Names, world: World) -> dict[str, Any]:
    """One line of the story of the firm with uid ``of``: month, sort, sentence, the other firm (uid or None)."""
    text, sort, other = {"alliances": _alliance, "vendors": _vendor, "memberships": _membership, "firms": _firm}[table](
        row, of, names, world
    )
    return {"month": int(row["month"]), "sort": sort, "text": text, "other": other}


def story(rows: Mapping[str, Sequence[Row]], of: int, names: Names, world: World) -> list[dict[str, Any]]:
    """The whole story of a firm, in order of month; what it began with is one line each of vendors and networks."""
    lines = [
        told(table, row, of, names, world)
        for table in ("firms", "memberships", "vendors", "alliances")
        for row in rows[table]
        if not (table == "vendors" and row["began"] and row["reason"] == TakenOn.FOUNDING)
    ]
    began = [names.vendor(int(row["vendor"])) for row in rows["vendors"] if row["began"] and row["reason"] == TakenOn.FOUNDING]
    if began:
        month = int(min(row["month"] for row in rows["vendors"]))
        lines.append({"month": month, "sort": "vendor", "text": f"Began with {_listed(began)} on its line card.", "other": None})
    return sorted(lines, key=lambda line: line["month"])


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _alliance(row: Row, of: int, names: Names, world: World) -> tuple[str, str, int | None]:
    a, b = int(row["a"]), int(row["b"])
    other = b if a == of else a
    name = names.partner(other)
    form = FORMS[int(row["form"])]
    met = names.network_by_uid(world, int(row["network"]))
    if not row["began"]:
        return f"{_form(form)} with {name} ended after {_months(row['age'])}: {why_ended(row)}.", "end", other
    where = f"met in {met}" if met else "met outside networks"
    if int(row["form"]) == PROJECT:
        return f"Took on a project together with {name} ({where}).", "project", other
    return f"{_form(form)} with {name}: {why_began(row)} ({where}).", "ally", other


def _form(form: str) -> str:
    return f"{'An' if form[0] in 'ao' else 'A'} {form} alliance" if form != "project" else "The project"


def why_began(row: Row) -> str:
    """Why two firms gave their work together a lasting form."""
    deals, wins = int(row["deals"]), int(row["successes"])
    record = f"{wins} of {deals} joint deals went well" if deals else "after their first joint deal was won"
    saves = {OCCASIONAL: "a standing understanding now costs less than arranging each deal anew",
             FORMAL: "enough work together to repay a contract's cost"}[int(row["form"])]  # fmt: skip
    return f"{record}, trust {row['trust']:.2f}; {saves}"


def why_ended(row: Row) -> str:
    """Why an alliance ended, in a clause with the figures that decided it."""
    reason = int(row["reason"])
    record = f"{int(row['successes'])} of {int(row['deals'])} joint deals went well"
    if reason == AllianceEnd.COMPLETED:
        return "the work was delivered"
    if reason == AllianceEnd.VALUE:
        idle = f"no joint deal for {_months(row['idle'])}" if row["idle"] >= 2 else "too few joint deals"
        return f"{idle}, so goodwill ({_usd(row['goodwill'])}) and what the form saves no longer carried its upkeep; {record}"
    if reason == AllianceEnd.OUTSIDE:
        found = "one side found a firm that does the other's part better by more than switching costs"
        return f"{found}; {record}, trust {row['trust']:.2f}"
    if reason == AllianceEnd.HAZARD:
        return f"an outside cause, such as a change of owner or plans (chance); {record}"
    return "one of the two left the market"


def _vendor(row: Row, of: int, names: Names, world: World) -> tuple[str, str, int | None]:
    vendor, reason = names.vendor(int(row["vendor"])), int(row["reason"])
    if row["began"]:
        return f"Took on {vendor}: {_TAKEN[TakenOn(reason)]}.", "taken", None
    return f"Dropped {vendor}: {why_dropped(row)}.", "dropped", None


def why_dropped(row: Row) -> str:
    """Why a partner dropped a vendor, in a clause with the figures that decided it."""
    if row["reason"] == Dropped.VENDOR_LEFT:
        return "the vendor left the market"
    if row["reason"] == Dropped.PARTNER_LEFT:
        return "the firm itself left the market"
    heard = row["attitude"] - row["experience"]
    voices = (
        "others spoke worse of it still"
        if heard < -0.05
        else "though others spoke better of it"
        if heard > 0.05
        else "others agreed"
    )
    mood = (
        "dissatisfied"
        if row["attitude"] < -0.05
        else "no longer attached"
        if row["attitude"] < 0.2
        else "not unhappy, but it bought little"
    )
    felt = f"own experience {row['experience']:+.2f}, {voices}: attitude {row['attitude']:+.2f}"
    return f"{mood} ({felt}; {100 * row['share']:.0f} % of its purchases)"


def _membership(row: Row, of: int, names: Names, world: World) -> tuple[str, str, int | None]:
    network = names.network_by_uid(world, int(row["network"])) or "a network"
    if not row["began"]:
        return f"Left {network} after {_months(row['months'])}: {_LEFT[LeaveReason(int(row['reason']))]}.", "left", None
    founding = int(row["reason"]) != JoinReason.CHOICE
    return (
        f"Joined {network}{', among its first members' if founding else ': expected it to be worth its fees and attention'}.",
        "joined",
        None,
    )


def _firm(row: Row, of: int, names: Names, world: World) -> tuple[str, str, int | None]:
    if not row["began"]:
        return f"Left the market: {_EXIT[PartnerExit(int(row['reason']))]}.", "exit", None
    follows = int(row["succeeds"])
    after = f", taking over the customers of {names.partner(follows)}" if follows >= 0 else ""
    return f"In the market with {row['staff']:.0f} staff{after}.", "entry", None


def _months(n: float) -> str:
    n = int(n)
    return "less than a month" if n < 1 else "1 month" if n == 1 else f"{n} months" if n < 24 else f"{n / 12:.1f} years"


def _usd(amount: float) -> str:
    return f"{'-' if amount < 0 else ''}${abs(amount):,.0f}"
