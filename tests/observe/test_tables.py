"""The public tables from event logs written by hand."""

import pyarrow as pa
import pytest

from sim.events import AllianceEnd, Dropped, EventLog, JoinReason, LeaveReason, PartnerExit, TakenOn
from sim.observe.tables import SCHEMA, TablesOnDemand, arrow_schema, public_tables, validate
from sim.state.networks import VENDOR
from sim.state.ties import FORMAL, PROJECT


def rows(log: EventLog, name: str) -> list[dict]:
    table = public_tables(log)[name]
    validate(name, table)
    return table.to_pylist()


def deal(log: EventLog, month: int, uid: int, **other) -> None:
    columns = {
        "signed": month - 1, "owner": 7, "member_1": -1, "member_2": -1, "member_3": -1, "vendor": -1, "source": -1,
        "network": -1, "market": -1, "value": 100.0, "product": 60.0, "services": 40.0, "complexity": 0.5, "success": True,
        "product_margin": 6.0, "services_margin": 20.0, "coordination": 0.0, "brokerage": 0.0, "fees": 0.0, "trust": 1.0, "needs": 5, "region": 1,
        "vertical": 2, "alone": True, "attempt": 0,
    }  # fmt: skip
    columns |= {f"{name}_{k}": 0.0 for name in ("share", "outside", "work") for k in range(4)}
    log.add("deal", month=month, deal=uid, **(columns | other))


def test_every_column_has_a_unit_and_a_meaning():
    """Nothing is published without its unit and a line on what it means."""
    for name, columns in SCHEMA.items():
        for field in arrow_schema(columns):
            assert field.metadata[b"unit"], (name, field.name)
            assert len(field.metadata[b"meaning"]) > 5, (name, field.name)
        assert len({c.name for c in columns}) == len(columns)


def test_an_empty_log_gives_empty_tables():
    """A table of which nothing happened is there, without rows and with its schema."""
    tables = public_tables(EventLog())
    assert list(tables) == list(SCHEMA)
    for name, table in tables.items():
        validate(name, table)
        assert table.num_rows == 0


def test_tables_on_demand_are_those_made_at_once():
    """Whatever is asked for, and in whatever order."""
    log = EventLog()
    deal(log, 3, 9)
    log.add("alliance_started", month=4, alliance=21, uid_a=1, uid_b=2, form=FORMAL, network=-1, trust_ab=0.5, trust_ba=0.5)
    lazy, eager = TablesOnDemand(log), public_tables(log)
    assert lazy["deals"].num_rows == 1
    assert list(lazy) == list(eager)
    assert all(lazy[name].equals(eager[name]) for name in reversed(list(eager)))


def test_an_alliance_is_a_spell_with_an_end_or_none():
    """An alliance that ended says when and why, one that still runs says neither, and -1 is a missing network."""
    log = EventLog()
    log.add("alliance_started", month=4, alliance=[21, 20], uid_a=1, uid_b=[2, 3], form=[FORMAL, PROJECT], network=[-1, 9],
            trust_ab=0.5, trust_ba=0.25)  # fmt: skip
    log.add("alliance_ended", month=6, alliance=20, reason=int(AllianceEnd.COMPLETED))
    ended, running = rows(log, "alliances")
    assert (ended["alliance"], ended["form"], ended["start"], ended["end"], ended["why_ended"]) == (
        20,
        "project",
        4,
        6,
        "completed",
    )
    assert ended["network"] == 9
    assert (running["form"], running["end"], running["why_ended"], running["network"]) == ("formal", None, None, None)
    assert (running["trust_ab"], running["trust_ba"]) == (0.5, 0.25)


def test_a_change_of_form_makes_two_rows_of_one_alliance():
    """An alliance that changes its form within a month ends once and begins again, under the same uid or another."""
    log = EventLog()
    for month, form in ((2, PROJECT), (5, FORMAL)):
        if month == 5:
            log.add("alliance_ended", month=5, alliance=20, reason=int(AllianceEnd.CHANGED_FORM))
        log.add("alliance_started", month=month, alliance=20, uid_a=1, uid_b=2, form=form, network=-1, trust_ab=0.5, trust_ba=0.5)
    found = [(r["form"], r["start"], r["end"], r["why_ended"]) for r in rows(log, "alliances")]
    assert found == [("project", 2, 5, "changed_form"), ("formal", 5, None, None)]


def test_a_partner_that_joins_twice_has_two_memberships():
    """The n-th joining of a partner and network ends with their n-th leaving."""
    log = EventLog()
    log.add("membership_joined", month=0, partner=[5, 4], network=1, reason=int(JoinReason.FOUNDING))
    log.add("membership_left", month=3, partner=5, network=1, reason=int(LeaveReason.CHOICE))
    log.add("membership_joined", month=8, partner=5, network=1, reason=int(JoinReason.CHOICE))
    log.add("membership_left", month=9, partner=5, network=1, reason=int(LeaveReason.NETWORK_CLOSED))
    found = [(r["partner"], r["joined"], r["left"], r["why_joined"], r["why_left"]) for r in rows(log, "memberships")]
    assert found == [(4, 0, None, "founding", None), (5, 0, 3, "founding", "choice"), (5, 8, 9, "choice", "network_closed")]


def test_a_relation_says_how_it_began_and_ended():
    """Vendors are taken on and dropped for a reason, pair by pair."""
    log = EventLog()
    log.add("vendor_taken", month=1, partner=3, vendor=[0, 1], reason=[int(TakenOn.RECRUITED), int(TakenOn.CO_DELIVERY)])
    log.add("vendor_dropped", month=7, partner=3, vendor=1, reason=int(Dropped.DISSATISFIED))
    found = [(r["vendor"], r["dropped"], r["why_taken_on"], r["why_dropped"]) for r in rows(log, "vendor_relations")]
    assert found == [(0, None, "recruited", None), (1, 7, "co_delivery", "dissatisfied")]


def test_what_never_began_cannot_end():
    """An end without a beginning is an error, and so is a second end or an end before the beginning."""
    log = EventLog()
    log.add("agreement_signed", month=5, agreement=1, kind=0, first=0, second=0)
    log.add("agreement_ended", month=6, agreement=1, reason=1)
    assert rows(log, "agreements")[0]["why_ended"] == "party_left"
    log.add("agreement_ended", month=7, agreement=1, reason=0)
    with pytest.raises(ValueError, match="had not begun"):
        public_tables(log)
    log = EventLog()
    log.add("agreement_signed", month=5, agreement=1, kind=0, first=0, second=0)
    log.add("agreement_ended", month=4, agreement=1, reason=1)
    with pytest.raises(ValueError, match="had not begun"):
        public_tables(log)


def test_deals_are_sorted_and_empty_seats_are_missing():
    """Deals come by month of delivery, then uid; the share of a member that is not there is missing, not 0."""
    log = EventLog()
    deal(log, 9, 2)
    deal(log, 8, 6, member_1=4, share_1=3.5, outside_1=1.0, work_1=0.5)
    deal(log, 8, 5)
    found = rows(log, "deals")
    assert [(r["delivered"], r["deal"], r["signed"]) for r in found] == [(8, 5, 7), (8, 6, 7), (9, 2, 8)]
    assert [found[1][c] for c in ("member_1", "share_1", "work_1", "share_2", "outside_3", "vendor")] == [
        4,
        3.5,
        0.5,
        None,
        None,
        None,
    ]
    assert found[0]["share_0"] == 0.0
    assert found[0]["member_1"] is None


def test_a_partner_enters_and_leaves_once():
    """A firm's life is one row with its staff at both ends, and the firm that it follows."""
    log = EventLog()
    log.add("partner_entered", month=0, partner=[1, 2], staff=[4.0, 9.0], region=0, reach=1, verticals=3, business_type=[0, 4],
            skills=7, succeeds=-1)  # fmt: skip
    log.add("partner_left", month=5, partner=2, reason=int(PartnerExit.BANKRUPTCY), staff=8.5)
    log.add(
        "partner_entered", month=5, partner=900, staff=8.0, region=0, reach=1, verticals=3, business_type=1, skills=7, succeeds=2
    )
    found = rows(log, "partners")
    assert [(r["partner"], r["left"], r["why_left"], r["staff_left"]) for r in found] == [
        (1, None, None, None), (2, 5, "bankruptcy", 8.5), (900, None, None, None),
    ]  # fmt: skip
    assert [r["business_type"] for r in found] == ["reseller", "consultant", "msp"]
    assert [r["succeeds"] for r in found] == [None, None, 2]


def test_partner_years_are_taken_over():
    """A yearly row keeps its figures."""
    log = EventLog()
    log.add("partner_year", month=12, partner=[2, 1], staff=[1.0, 2.0], revenue=[3.0, 4.0], allied=0.5, cash=-1.0)
    assert rows(log, "partner_years")[0] == {"month": 12, "partner": 1, "staff": 2.0, "revenue": 4.0, "allied": 0.5, "cash": -1.0}


def test_a_policy_holds_until_the_next_change_or_the_end():
    """Each opening or change is a spell; a network that closed has no policy in force."""
    log = EventLog()
    same = {"kind": VENDOR, "take_rate": 0.0, "broadcast": 0.5, "density": 1.0, "tools": 1.0, "education": 2.0, "support": 3.0}
    for month, network, fee, status in ((0, 3, 10.0, 0), (0, 1, 5.0, 0), (6, 3, 12.0, 1), (9, 3, 12.0, 2)):
        log.add("network_policy", month=month, network=network, host=network - 2, fee=fee, status=status, **same)
    found = [(r["network"], r["start"], r["end"], r["why_ended"], r["fee"], r["host"]) for r in rows(log, "network_policies")]
    assert found == [(1, 0, None, None, 5.0, None), (3, 0, 6, "changed", 10.0, 1), (3, 6, 9, "closed", 12.0, 1)]


def test_equal_logs_in_another_order_give_equal_tables():
    """What happens within a month is sorted, so the order of storage leaves no trace."""
    one, other = EventLog(), EventLog()
    one.add("membership_joined", month=0, partner=[1, 2, 3], network=1, reason=0)
    other.add("membership_joined", month=0, partner=[3, 1, 2], network=1, reason=0)
    assert public_tables(one)["memberships"].equals(public_tables(other)["memberships"])


def test_validation_names_what_is_wrong():
    """A table with another column, type, unit or a missing value where none may be does not pass."""
    good = arrow_schema(SCHEMA["partner_years"])
    with pytest.raises(ValueError, match=r"missing \['cash'\]"):
        validate("partner_years", good.remove(5).empty_table())
    other_unit = good.set(5, good.field(5).with_metadata({"unit": "euro", "meaning": "x"}))
    with pytest.raises(ValueError, match="units"):
        validate("partner_years", other_unit.empty_table())
    holes = pa.table([pa.array([None], f.type) for f in good], schema=good)
    with pytest.raises(ValueError, match="'month': a value is missing"):
        validate("partner_years", holes)
    with pytest.raises(ValueError, match="no table 'nonsense'"):
        validate("nonsense", good.empty_table())
