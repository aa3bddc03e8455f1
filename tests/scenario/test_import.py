"""Importing CSV files: what is matched, what is refused by line, what is written."""

import os
import random
import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest

from sim.policy import POLICIES
from sim.scenario import ScenarioError, countries, load
from sim.scenario.importing import BadRowsError, Imported, import_data
from sim.state.networks import COMMUNITY, KINDS, PURE_P2P, VENDOR

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    "partners": "Company Name,EMPLOYEES,Region,Skills,Turnover,Colour\nAlpha,12,Europe,Cloud;Data,1200000,red\nBeta,,Asia,cloud,600000,blue\n"
    "Gamma,4,,,,\n",
    "vendors": "Vendor,Margin,Support\nAcme,12 %,0.8\nZenith,,\n",
    "distributors": "Name,Margin\nBig Box,5.5%\n",
    "memberships": "Member,Network,Type,Hosted by\nalpha,Peer Club,Peer-to-peer group,\nBETA,Peer Club,,\nalpha,Acme Partners,Vendor programme,acme\n"
    "Gamma,Guild,,\n",
    "alliances": "Partner A,Partner B,Type\nAlpha,Beta,Strategic contract\nBeta,Gamma,\n",
    "relations": "Company,Vendor,Share\nAlpha,Acme,60%\nAlpha,Other Co,20 %\nBeta,zenith,\n",
}


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def made(write, tmp_path, monkeypatch):
    """The import of all files."""
    monkeypatch.setattr("sim.scenario.fitting.simulate_past", lambda plan: pytest.fail("nothing to fit was given"))
    files = FILES | {"partners": FILES["partners"].replace("Turnover", "Motto")}
    return import_data(**write(**files), name="mine", out=tmp_path / "out")


def test_columns_are_matched_leniently_and_shown_back(made):
    """Each column is shown with the header that was taken for it, and those without use are named."""
    assert made.columns[0].startswith("Columns of partners (")
    assert made.columns[0].endswith(
        "partners.csv): name from Company Name, staff from EMPLOYEES, regions from Region, skills; not used: Motto, Colour."
    )
    assert "partner from Member, network, kind from Type, host from Hosted by" in "".join(made.columns)
    assert "partner from Partner A, other from Partner B, form from Type" in "".join(made.columns)


def test_what_is_written_is_what_load_runs(made, tmp_path):
    """The scenario lies in the folder with its cleaned files and loads to the same plan."""
    assert sorted(tree(tmp_path / "out")) == [
        "mine.toml", "mine/alliances.csv", "mine/memberships.csv", "mine/partners.csv", "mine/relations.csv",
    ]  # fmt: skip
    assert load(tmp_path / "out" / "mine.toml").digest() == made.scenario.digest()
    assert (tmp_path / "out/mine/partners.csv").read_text() == (
        "name,staff,regions,skills\nAlpha,12,Europe,Cloud;Data\nBeta,,Asia,cloud\nGamma,4,,\n"
    )
    assert (tmp_path / "out/mine/memberships.csv").read_text().splitlines()[2] == "Beta,Peer Club"


def test_vendors_and_their_terms_come_from_their_file_then_from_who_carries_them(made):
    """Vendors stand in the order of their file, then those that are only carried; what is empty is drawn."""
    plan = made.scenario.plan
    assert plan.names.vendors == ("Acme", "Zenith", "Other Co")
    assert plan.vendors == ({"list_margin": 0.12, "support": 0.8}, {}, {})
    assert plan.names.distributors == ("Big Box",)
    assert plan.distributors == ({"margin": 0.055},)
    assert any("Other Co" in line for line in made.assumed)


def test_networks_have_their_kind_and_host_and_no_drawn_members(made):
    """A kind is read from its words; a network without one is a community, and that is said."""
    groups = made.scenario.plan.networks
    assert [(g.name, KINDS[g.kind], g.host, g.count) for g in groups] == [
        ("Peer Club", "pure_p2p", -1, 1),
        ("Acme Partners", "vendor", 0, 1),
        ("Guild", "community", -1, 1),
    ]
    for group, kind in zip(groups, (PURE_P2P, VENDOR, COMMUNITY), strict=True):
        assert group.policy == POLICIES[kind]._replace(founding_members=0)
    assert "1 network without a kind, read as community" in made.assumed


def test_ties_are_rows_of_partners_networks_and_vendors(made):
    """Names in any case lead to rows; a form that is not given is occasional; shares sum to one a partner."""
    ties = made.scenario.plan.ties
    assert ties.members.tolist() == [[0, 0], [1, 0], [0, 1], [2, 2]]
    assert ties.alliances.tolist() == [[0, 1, 3], [1, 2, 2]]
    assert ties.carried.tolist() == [[0, 0], [0, 2], [1, 1]]
    assert ties.shares.tolist() == pytest.approx([0.75, 0.25, 1.0])


def test_partners_may_bring_networks_and_vendors_in_columns_of_their_own(write, tmp_path):
    """Lists in a cell of the partners' file are memberships and vendors carried."""
    partners = "name,networks,vendors\nA,Club;Guild,Acme\nB,guild,Acme;Best\n"
    plan = import_data(**write(partners=partners), out=tmp_path / "out").scenario.plan
    assert [g.name for g in plan.networks] == ["Club", "Guild"]
    assert plan.ties.members.tolist() == [[0, 0], [0, 1], [1, 1]]
    assert plan.ties.carried.tolist() == [[0, 0], [1, 0], [1, 1]]


def test_without_a_file_of_partners_whoever_is_a_member_is_a_partner(write, tmp_path):
    """Memberships alone are enough."""
    plan = import_data(**write(memberships="org,network\nA,Club\nB,Club\nA,Guild\n"), out=tmp_path / "out").scenario.plan
    assert plan.given.names == ("A", "B")
    assert plan.ties.members.tolist() == [[0, 0], [1, 0], [0, 1]]


def test_countries_alone_give_the_home_region(write, tmp_path):
    """Without regions the parts of the world are the regions, and a country gives the home."""
    plan = import_data(**write(partners="name,country\nA,DE\nB,\nC,JP\n"), out=tmp_path / "out").scenario.plan
    assert [plan.names.regions[r] if r >= 0 else "" for r in plan.given.region] == ["Europe", "", "Asia"]


def test_a_country_may_be_given_by_its_name():
    """Every code has a name, and a name says the same as its code."""
    parts = tuple(countries.PARTS)
    for name, part in {
        "Germany": "Europe", "the Netherlands": "Europe", "Czech  Republic": "Europe", "UK": "Europe", "united kingdom": "Europe",
        "USA": "North America", "U.S.A.": "North America", "Brasil": "South America", "Côte d'Ivoire": "Africa", "Korea": "Asia",
        "UAE": "Middle East", "New Zealand": "Australia",
    }.items():  # fmt: skip
        assert parts[countries.region_of(name, parts)] == part, name
    assert not countries.is_country("Atlantis")
    assert countries.region_of("", parts) == -1
    named = set(countries._CODE_OF.values())
    assert set(countries._PART_OF) - named == {"EU", "UK"}
    assert named <= set(countries._PART_OF)


BAD = {
    "partners": ("name,staff\nA,3\nB,many\nC,4\nC,5\nD,6,7\n,8\n", ["line 3: staff", "line 5", "line 6: 3 cells", "line 7: the partner"]),
    "memberships": ("partner,network\nA,Club\nAa,Club\nA,club\nC,\n", ["line 3: there is no partner", "line 4", "line 5: the network"]),
    "alliances": ("partner,other,form\nA,C,holy\nA,A,\n", ["line 2: form", "line 3"]),
    "relations": ("partner,vendor,share\nA,Acme,-1\nC,,\n", ["line 2: share", "line 3: the vendor"]),
    "vendors": ("name,list_margin\nAcme,90%\nAcme,\nacme,\n", ["line 2: list_margin", "line 4"]),
    "churn": ("year,partners,left\n2023,10,1\n2024,10,20\n", ["line 3"]),
    "revenue": ("partner,revenue\nA,lots\n", ["line 2: revenue"]),
}  # fmt: skip


def test_every_bad_row_is_listed_by_line_and_nothing_is_written(write, tmp_path):
    """All bad rows of all files are listed, each with file and line; nothing is left behind."""
    files = write(**{sort: text for sort, (text, _) in BAD.items()})
    before = tree(tmp_path)
    with pytest.raises(BadRowsError) as caught:
        import_data(**files, out=tmp_path)
    rows = caught.value.rows
    expected = [f"{sort}.csv, {fragment}" for sort in ("partners", "vendors", "memberships", "alliances", "relations", "revenue", "churn")
                for fragment in BAD[sort][1]]  # fmt: skip
    assert len(rows) == len(expected)
    assert all(any(fragment in row for row in rows) for fragment in expected)
    assert "--skip-bad-rows" in str(caught.value)
    assert tree(tmp_path) == before


def test_all_faults_of_a_row_are_told_at_once(write, tmp_path):
    """Faults of one row that have nothing to do with each other stand in one line, and the row counts once."""
    files = write(
        partners=f"name,staff,revenue,skills,vendors\nA,3,1,,\n,many,lots,{'x' * 101},{'y' * 101}\nB,1,1,,\n",
        vendors="name,list_margin,mdf,partner_model\nAcme,90%,-1,barter\n",
        memberships="partner,network\nNobody,\n",
        alliances="partner,other,form\nNobody,Nowhere,holy\n",
        relations="partner,vendor,share\nNobody,,-1\n",
        churn="year,partners,left,churn\n2024,x,y,z\n",
        revenue="partner,revenue\nNobody,x\n",
    )
    with pytest.raises(BadRowsError, match=r"^7 rows cannot be used") as caught:
        import_data(**files, out=tmp_path / "out")
    expected = [
        ("the partner has no name", "staff: ", "revenue: ", "skills: ", "vendors: "),
        ("list_margin: ", "mdf: ", "partner_model: "),
        ('no partner "Nobody"', "the network has no name"),
        ('no partner "Nobody"', 'no partner "Nowhere"', "form: "),
        ('no partner "Nobody"', "share: ", "the vendor has no name"),
        ('no partner "Nobody"', "revenue: "),
        ("partners: ", "left: ", "churn: "),
    ]
    for row, fragments in zip(caught.value.rows, expected, strict=True):
        assert row.count(", line ") == 1
        assert row.count("; also ") == len(fragments) - 1
        assert all(fragment in row for fragment in fragments)


def test_what_columns_were_taken_for_is_told_when_an_import_fails(write, tmp_path):
    """The columns are told when rows are bad, and when the scenario that would be made is beyond bounds."""
    for rows in ("A,3,x\nB,many,\n", f"A,3,{';'.join(f's{n}' for n in range(62))}\nB,1,\n"):
        files, told = write(partners=f"Firm,Headcount,Skills\n{rows}"), []
        with pytest.raises(ScenarioError):
            import_data(**files, out=tmp_path / "out", tell=told.append)
        assert told == [f"Columns of partners ({tmp_path}/partners.csv): name from Firm, staff from Headcount, skills."]


def test_bad_rows_are_left_out_when_asked(write, tmp_path):
    """With --skip-bad-rows they are left out and listed all the same."""
    files = write(**{sort: text for sort, (text, _) in BAD.items() if sort not in ("churn", "revenue")})
    made = import_data(**files, name="mine", out=tmp_path, skip_bad_rows=True)
    assert len(made.skipped) == 13
    assert made.scenario.plan.given.names == ("A", "C")
    assert made.scenario.plan.ties.members.tolist() == [[0, 0]]
    assert made.scenario.plan.ties.alliances.tolist() == []


def test_ties_of_a_partner_whose_row_is_bad_say_so(write, tmp_path):
    """A tie of a partner whose own row cannot be used names that row as the cause."""
    files = write(partners="name,staff\nA,3\nB,many\nC,1\n", memberships="partner,network\nB,Club\n")
    with pytest.raises(BadRowsError) as caught:
        import_data(**files, out=tmp_path)
    assert 'the row of partner "B" cannot be used' in caught.value.rows[1]


def refused(fragment: str, folder: Path, **arguments) -> None:
    before = tree(folder)
    with pytest.raises(ScenarioError, match=re.escape(fragment)) as caught:
        import_data(**arguments)
    assert "\n" not in str(caught.value)
    assert tree(folder) == before


@pytest.mark.parametrize(
    ("more", "fragment"),
    [
        ({"partners": "staff\n3\n"}, "there is no column of names"),
        ({"partners": "name\nA\n"}, "expected at least 2"),
        ({"partners": ""}, "the file is empty"),
        ({"memberships": "partner,kind\nA,x\n"}, "there is no column of each row's network"),
        ({"churn": "year\n2024\n"}, "neither a column churn nor both"),
        ({"partners": "name,skills\nA," + ";".join(f"s{n}" for n in range(62)) + "\nB,\n"}, "at most 62"),
    ],
)
def test_what_cannot_be_used_is_refused_with_nothing_written(write, tmp_path, more, fragment):
    """A file that lacks what it needs, or a scenario beyond the model's bounds, is refused; nothing is left behind."""
    files = write(**({"partners": "name\nA\nB\n"} | more))
    refused(fragment, tmp_path, **files, out=tmp_path)


def test_a_scenario_that_is_there_is_not_overwritten(write, tmp_path):
    """What is there already stays as it is."""
    files = write(partners="name\nA\nB\n")
    import_data(**files, name="mine", out=tmp_path)
    refused("is there already", tmp_path, **files, name="mine", out=tmp_path)
    refused("no name for a scenario", tmp_path, **files, name="../mine", out=tmp_path)
    refused("no partners", tmp_path, churn=files["partners"], out=tmp_path)


def test_when_moving_into_place_fails_nothing_is_left(write, tmp_path, monkeypatch):
    """A disk that fails at the last step leaves neither the scenario nor its files."""
    files = write(partners="name\nA\nB\n")
    real = os.rename

    def fail(source, target):
        if str(target).endswith(".toml"):
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(os, "rename", fail)
    refused("No space left", tmp_path, **files, name="mine", out=tmp_path / "new")
    assert not (tmp_path / "new").exists()


def commands() -> list[list[str]]:
    text = (ROOT / "scenarios/data/README.md").read_text(encoding="utf-8")
    return [shlex.split(line)[2:] for line in text.splitlines() if line.startswith("channel-sim import ")]


@pytest.mark.parametrize("command", commands(), ids=lambda c: Path(c[0 if c[0][0] != "-" else 1]).stem)
def test_the_shipped_scenarios_are_what_the_import_makes(command, tmp_path, monkeypatch):
    """Each real scenario is made by its command in the README, byte for byte."""
    monkeypatch.chdir(ROOT)
    options = {key.removeprefix("--"): value for key, value in pairwise(command) if key.startswith("--")}
    files = {"memberships": Path(options["memberships"])} if "memberships" in options else {"partners": Path(command[0])}
    prose = {key: options[key] for key in ("title", "question", "about")}
    made = import_data(**files, **prose, out=tmp_path)
    for name, content in tree(tmp_path).items():
        assert (ROOT / "scenarios" / name).read_bytes() == content
    shipped = {str(p.relative_to(ROOT / "scenarios")) for p in (ROOT / "scenarios" / made.scenario.name).iterdir()}
    assert shipped == {name for name in tree(tmp_path) if "/" in name}


def test_the_real_sets_have_their_size():
    """The shipped sets are those of their sources: 101 partners, 199 providers, 2,819 organisations in 40 networks."""
    plans = {name: load(name).plan for name in ("opensearch_partners", "kubernetes_providers", "network_memberships")}
    assert [plan.partners for plan in plans.values()] == [101, 199, 2819]
    assert (len(plans["network_memberships"].networks), len(plans["network_memberships"].ties.members)) == (40, 4844)
    assert len(plans["kubernetes_providers"].ties.members) == 795


def test_the_latest_revenue_counts_and_tells_staff_that_is_not_given(write, tmp_path, no_runs):
    """Gamma has staff and revenue, 100,000 a head; so Alpha with a million has ten."""
    files = write(
        partners="name,staff,revenue\nAlpha,,\nBeta,3,\nGamma,4,400000\n",
        revenue="partner,revenue,year\nAlpha,1000000,2024\nAlpha,5000000,2023\n",
    )
    made = import_data(**files, out=tmp_path / "out")
    assert made.scenario.plan.given.staff.tolist() == [10.0, 3.0, 4.0]
    assert [fit.given for fit in made.fits] == [100_000.0]
    assert any("staff of 1 partner follows from revenue, at 100,000" in line for line in made.assumed)


def test_churn_is_weighted_by_partners(write, tmp_path, no_runs):
    """3 of 10 and 1 of 30 are 4 of 40; the fit solves 1 - (1 - .1) / (1 - .03)."""
    files = write(partners="name\nA\nB\n", churn="year,partners,left\n2023,10,3\n2024,30,1\n")
    made = import_data(**files, out=tmp_path / "out")
    assert made.fits[0].given == pytest.approx(0.1)
    assert made.scenario.plan.parameters["turnover"].retirement_per_year == pytest.approx(1 - 0.9 / 0.97, abs=1e-4)


PIECES = ["", ",", '"', "\n", ";", "\r\n", "\x00", "é", "Alpha", "name", "partner", "network", "vendor", "-1", "1e9", "40 %", "nan", "'", "\t",
          "all", "1", "=", "\\", '"""', "]", "Acme", "kind", "share", "community", "formal", "12,5", "1.200", "A, B"]  # fmt: skip


PAST = {
    "revenue": 'Firm,Turnover,Year\nAlpha,900000,2023\nalpha,"1,000,000",2024\nGamma,,\n',
    "churn": "Year,Partners,Left\n2023,10,1\n2024,9,2\n",
}
DAMAGEABLE = {**FILES, **PAST, "partners": FILES["partners"].replace("Turnover", "Motto")}


def damaged(chance: random.Random) -> dict[str, bytes]:
    sorts = ["partners", *chance.sample([s for s in DAMAGEABLE if s != "partners"], chance.randint(0, 3))]
    out = {}
    for sort in sorts:
        text = DAMAGEABLE[sort]
        for _ in range(chance.randint(0, 4)):
            at = chance.randrange(len(text) + 1)
            text = text[:at] + chance.choice(PIECES) + text[at + chance.randint(0, 9) :]
        out[sort] = text.encode() if chance.random() < 0.97 else text.encode("utf-16")
    return out


def outcome(files: dict[str, Path], out: Path, skip: bool) -> tuple[str, Imported | None]:
    """What the refusal says, or what was made; any other exception goes through."""
    try:
        return "", import_data(**files, name="mine", out=out, skip_bad_rows=skip)
    except ScenarioError as error:
        return str(error), None


def import_damaged(seeds: range, folder: Path) -> set[str]:
    ends = set()
    for seed in seeds:
        chance = random.Random(seed)
        place = folder / str(seed)
        place.mkdir()
        files = {}
        for sort, data in damaged(chance).items():
            files[sort] = place / f"{sort}.csv"
            files[sort].write_bytes(data)
        before = tree(place)
        skip = chance.random() < 0.5
        message, made = outcome(files, place / "out", skip)
        if made is None:
            assert "\n" not in message
            assert tree(place) == before
            assert sorted(p.name for p in place.iterdir()) == sorted(f"{sort}.csv" for sort in files)
            ends.add("rows refused" if "cannot be used, the first" in message else "refused")
        else:
            assert load(made.path).digest() == made.scenario.digest()
            ends.add("made, rows left out" if made.skipped else "made")
    return ends


def test_damaged_files_are_imported_or_refused(tmp_path, no_runs):
    """Whatever the files hold: a scenario that loads, or one message and nothing left behind; never anything else."""
    assert import_damaged(range(300), tmp_path) == {"made", "made, rows left out", "rows refused", "refused"}


@pytest.mark.slow
def test_two_thousand_damaged_files_are_imported_or_refused(tmp_path, no_runs):
    """The same, often."""
    import_damaged(range(300, 2_300), tmp_path)
