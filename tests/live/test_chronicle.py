"""The chronicle: every alliance, vendor and membership that begins and ends is told once, with the right reason."""

import numpy as np
import pytest

from sim.events import AllianceEnd, EventLog
from sim.live.card import firm_card, tie_card
from sim.live.track import Track
from sim.observe.run import run_replication
from sim.state.ties import FORMAL, FORMS


@pytest.fixture(scope="module")
def track(small, tmp_path_factory):
    """A run to its end."""
    made = Track(small, tmp_path_factory.mktemp("track"))
    while not made.ended:
        made.step()
    return made


@pytest.fixture(scope="module")
def tables(small):
    """The public tables of the same run."""
    return run_replication(small.plan, 0, synergy=False).tables


def rows(track, table):
    parts = [month[table] for month in track.chronicle.months.values()]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def test_alliances_are_those_of_the_public_table(track, tables):
    told, public = rows(track, "alliances"), tables["alliances"].to_pylist()
    assert len(public) > 100
    began = sorted(
        (int(m), int(a), int(b), FORMS[int(f)])
        for m, a, b, f, new in zip(*(told[c] for c in ("month", "a", "b", "form", "began")), strict=True)
        if new
    )
    assert began == sorted((row["start"], row["uid_a"], row["uid_b"], row["form"]) for row in public)
    ended = sorted(
        (int(m), int(a), int(b), AllianceEnd(int(r)).name.lower())
        for m, a, b, r, new in zip(*(told[c] for c in ("month", "a", "b", "reason", "began")), strict=True)
        if not new
    )
    assert ended == sorted(
        (row["end"], row["uid_a"], row["uid_b"], row["why_ended"])
        for row in public
        if row["why_ended"] not in (None, "changed_form")
    )


def test_ages_and_deals_of_ended_alliances_are_right(track, tables):
    told = rows(track, "alliances")
    start = {
        (row["end"], row["uid_a"], row["uid_b"]): row["start"]
        for row in tables["alliances"].to_pylist()
        if row["end"] is not None
    }
    over = np.flatnonzero(told["began"] == 0)
    for n in over:
        key = (int(told["month"][n]), int(told["a"][n]), int(told["b"][n]))
        assert told["age"][n] == told["month"][n] - start[key]
    assert (told["successes"] <= told["deals"]).all()


def test_vendors_and_memberships_are_those_of_the_public_tables(track, tables):
    for table, public, began, ended, key in (
        ("vendors", "vendor_relations", "taken_on", "dropped", "vendor"),
        ("memberships", "memberships", "joined", "left", "network"),
    ):
        told, listed = rows(track, table), tables[public].to_pylist()
        ours = {
            new: sorted(
                (max(0, int(m)), int(a), int(v))
                for m, a, v, n in zip(told["month"], told["a"], told[key], told["began"], strict=True)
                if bool(n) == new
            )
            for new in (True, False)
        }
        assert ours[True] == sorted((row[began], row["partner"], row[key]) for row in listed)
        assert ours[False] == sorted((row[ended], row["partner"], row[key]) for row in listed if row[ended] is not None)


def test_every_reason_is_said_in_words_and_no_story_has_a_hole(track):
    said = set()
    for uid in track.world.partners.uid[track.world.partners.alive][:40].tolist():
        card = firm_card(track, uid)
        assert card["name"]
        months = [line["month"] for line in card["story"]]
        assert months == sorted(months)
        assert all(
            line["text"].endswith(".") and "None" not in line["text"] and "nan" not in line["text"] for line in card["story"]
        )
        said |= {line["sort"] for line in card["story"]}
        assert {ally["uid"] for ally in card["allies"]} <= set(track.world.partners.uid.tolist())
    assert {"project", "ally", "end", "dropped", "taken", "joined", "entry", "vendor"} <= said


def test_why_a_formal_alliance_ended_is_told_with_its_figures(track):
    told = rows(track, "alliances")
    ends = np.flatnonzero((told["began"] == 0) & (told["form"] == FORMAL) & (told["reason"] == AllianceEnd.VALUE))
    n = ends[0] if ends.size else np.flatnonzero((told["began"] == 0) & (told["reason"] == AllianceEnd.VALUE))[0]
    card = tie_card(track, int(told["a"][n]), int(told["b"][n]))
    line = next(x for x in card["story"] if x["month"] == told["month"][n] and x["sort"] == "end")
    assert f"{int(told['successes'][n])} of {int(told['deals'][n])} joint deals went well" in line["text"]
    assert "upkeep" in line["text"]


def test_a_firm_that_left_keeps_its_story_and_one_that_never_was_has_none(track):
    gone = rows(track, "firms")
    uid = int(gone["a"][np.flatnonzero(gone["began"] == 0)[0]])
    card = firm_card(track, uid)
    assert not card["alive"]
    assert "Left the market" in card["story"][-1]["text"] or any("Left the market" in x["text"] for x in card["story"])
    with pytest.raises(LookupError):
        firm_card(track, 123_456_789)


def test_captions_name_who_and_why(track):
    captions = [caption for month in track.months for caption in month.captions]
    sorts = {caption["sort"] for caption in captions}
    assert {"alliance", "defection"} <= sorts
    for caption in captions:
        assert caption["firms"] or caption["sort"] in ("opened", "closed")
        assert ":" in caption["text"] or caption["sort"] in ("opened", "closed")


def test_nothing_is_kept_of_the_engines_log(track):
    assert isinstance(track.log, EventLog)
    assert not track.log.columns
