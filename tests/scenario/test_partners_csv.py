"""Partners from CSV files: what is read, what is refused by line."""

import math

import numpy as np
import pytest

from sim.scenario import ScenarioError, load
from sim.scenario.partners_csv import GivenNames, business_type_of, parse_partners
from sim.state.partners import BUSINESS_TYPES

SMALL = b"""Organisation,Employees,Region,Industries,Skills,Business Type,Country
Alpha,12,Europe;North America,Retail,Cloud;Data,Managed service provider,DE
Beta,,Global,All,cloud,Consultancy,US
Gamma,3.5,,Health care;retail,,,
"""


def refusal(data: bytes, given: GivenNames | None = None) -> str:
    with pytest.raises(ScenarioError) as caught:
        parse_partners(data, "x.csv", given)
    return str(caught.value)


def test_headers_are_matched_by_meaning_whatever_their_case():
    """Headers are understood by common synonyms, without regard to case and spaces."""
    rows = parse_partners(SMALL, "x.csv").rows
    assert [row.name for row in rows] == ["Alpha", "Beta", "Gamma"]
    assert (rows[0].staff, rows[2].staff) == (12.0, 3.5)
    assert math.isnan(rows[1].staff)
    assert [row.business_type for row in rows] == ["msp", "consultant", ""]


def test_names_come_from_the_data_most_frequent_first():
    """Skills, verticals and regions are named from the data, the most frequent first, in their first spelling."""
    data = parse_partners(SMALL, "x.csv")
    assert data.skills == ("Cloud", "Data")
    assert data.verticals == ("Retail", "Health care")
    assert data.regions == ("Europe", "North America")


@pytest.mark.parametrize("separator", ";\t|")
def test_cells_may_be_separated_as_spreadsheets_do_elsewhere(separator):
    """Semicolons, tabs and bars separate cells as commas do; a list in a cell stands in quotes where it holds them."""
    text = 'Organisation,Employees,Skills\nAlpha,12 000,\nBeta,3.5,"Cloud;Data"\n'
    for data in (text, f"\ufeff{text}"):
        rows = parse_partners(data.replace(",", separator).encode(), "x.csv").rows
        assert [row.staff for row in rows] == [12_000.0, 3.5]
        assert rows[1].skills == (0, 1)


def test_a_header_that_holds_other_separators_does_not_change_how_cells_are_separated():
    """What makes most headers known separates cells, not what is most frequent."""
    rows = parse_partners(b"name,skills,note (a;b;c;d)\nA,x;y,z\n", "x.csv").rows
    assert rows[0].skills == (0, 1)


def test_global_and_all_stand_for_every_name():
    """A partner that says "Global" serves all regions and "All" all verticals; neither is a name of its own."""
    beta = parse_partners(SMALL, "x.csv").rows[1]
    assert beta.reach == (0, 1)
    assert beta.verticals == (0, 1)


def test_the_home_region_is_that_of_the_country_else_the_first_listed():
    """The home region is that of the country, else the first region listed, else it is drawn."""
    data = b"name,regions,country\nA,Europe;Africa,ZA\nB,Europe;Africa,\nC,Global,\nD,,KE\n"
    assert [row.region for row in parse_partners(data, "x.csv").rows] == [1, 0, -1, 1]


def test_given_names_are_kept_and_matched_without_case():
    """Names that the scenario gives are kept in its order and matched without regard to case and hyphens."""
    data = parse_partners(b"name,skills\nA,machine-learning\n", "x.csv", GivenNames(skills=["Cloud", "Machine Learning"]))
    assert data.skills == ("Cloud", "Machine Learning")
    assert data.rows[0].skills == (1,)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Independent software vendor", "isv"),
        ("Consultancy;Independent software vendor", "consultant"),
        ("Value-added reseller", "reseller"),
        ("VAR", "reseller"),
        ("MSP", "msp"),
        ("Hosting", "msp"),
        ("Public cloud", "msp"),
        ("Systems Integrator", "si"),
        ("Professional services", "si"),
        ("Product/technology;Professional services", "isv"),
        ("Research institute", "consultant"),
        ("Lighthouse keeper;MSP", "msp"),
        ("Lighthouse keeper", ""),
        ("", ""),
    ],
)
def test_a_business_type_is_read_as_the_first_that_is_recognised(text, kind):
    """Several business types are read as the first that is recognised, none as unknown."""
    assert business_type_of(text) == kind
    assert kind in (*BUSINESS_TYPES, "")


MALFORMED = {
    "empty": (b"", "the file is empty"),
    "blank lines only": (b"\n\n  \n", "the file is empty"),
    "header only": (b"name,staff\n", "no partners"),
    "no name column": (b"staff,skills\n3,a\n", "line 1: there is no column of names"),
    "name column misspelt": (b"nmae,skills\nA,a\n", 'did you mean "name"?'),
    "separated by semicolons, no name column": (b"nmae;staff\nA;3\n", 'among "nmae", "staff", did you mean "name"?'),
    "too many cells between semicolons": (
        b"name;staff\nA;3;x\n",
        "line 2: 3 cells, expected 2 as in the header; put texts with sem",
    ),
    "a decimal comma": (
        b"name;staff\nA;3,5\n",
        'line 2: staff: expected a number from 0.1 to 1,000,000, got "3,5"; write decimals with a po',
    ),
    "a comma that may stand before decimals": (
        b"name;staff\nA;1,200\n",
        'staff: "1,200" may be 1200 or 1.2; write 1200, or 1.2 if',
    ),
    "two columns of one meaning": (b"name,company\nA,B\n", "both mean name"),
    "too few cells": (b"name,staff,skills\nA,3,x\nB,3\n", "line 3: 2 cells, expected 3"),
    "too many cells": (b"name,staff\nA,3,x\n", "line 2: 3 cells, expected 2"),
    "no name": (b"name,staff\n,3\n", "line 2: the partner has no name"),
    "a name of spaces": (b"name,staff\n  ,3\n", "line 2: the partner has no name"),
    "a name twice": (b"name\nA\nB\na\n", 'line 4: "a" is already on line 2'),
    "a long name": (b"name\n" + b"x" * 300 + b"\n", "line 2: name: expected at most 200"),
    "a name with a control character": (b"name\nA\x07B\n", "line 2: name"),
    "a name with a zero byte": (b"name\nA\x00B\n", "line 2"),
    "staff in words": (b"name,staff\nA,many\n", "line 2: staff: expected a number"),
    "staff as a range": (b"name,staff\nA,11-50\n", "line 2: staff: expected a number"),
    "negative staff": (b"name,staff\nA,-3\n", "line 2: staff: expected a number"),
    "no staff": (b"name,staff\nA,0\n", "line 2: staff: expected a number"),
    "infinite staff": (b"name,staff\nA,inf\n", "line 2: staff: expected a number"),
    "staff beyond bounds": (b"name,staff\nA,99999999\n", "line 2: staff: expected a number"),
    "staff in other digits": ("name,staff\nA,٣\n".encode(), "line 2: staff: expected a number"),
    "staff that may be thousands": (
        b"name,staff\nA,12\nB,1.200\n",
        'line 3: staff: "1.200" may be 1200 or 1.2; write 1200, or 1.2 if that is meant',
    ),
    "staff of three decimals that may be thousands": (b"name,staff\nA,12.345\n", "write 12345, or 12.3450 if that is meant"),
    "staff with points between thousands": (b"name,staff\nA,1.000.000\n", "write 1000000"),
    "staff with a decimal comma": (b'name,staff\nA,"12,5"\n', "line 2: staff: expected a number from 0.1 to 1,000,000"),
    "not UTF-8": (b"name\nA\ncaf\xe9\n", "line 3: not UTF-8"),
    "semicolons in the encoding of Windows": (
        "name;staff\nMüller;3\n".encode("cp1252"),
        'line 2: not UTF-8 text; save it as CSV in UTF-8 (in Excel "CSV UTF-8")',
    ),
    "xlsx": (
        b"PK\x03\x04" + bytes(range(256)),
        'x.csv: a spreadsheet, not a CSV file; save it as CSV in UTF-8 (in Excel "CSV UTF-8")',
    ),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1", "x.csv: a spreadsheet, not a CSV file"),
    "UTF-16": ("name\nA\n".encode("utf-16"), "line 1: not UTF-8"),
    "an open quote": (b'name,staff\nA,3\n"B,4\n', "line 3: not a valid CSV line"),
    "text after a quote": (b'name,staff\n"A"x,3\n', "line 2: not a valid CSV line"),
    "a cell of 200,000 characters": (b"name,skills\nA," + b"x" * 200_000 + b"\n", "line 2: not a valid CSV line"),
    "a long skill": (b"name,skills\nA," + b"x" * 101 + b"\n", "line 2: skills"),
    "an error after a record of two lines": (b'name,skills\n"A\nB",x\nC\n', "line 2: name"),
    "an error after blank lines": (b"name,staff\n\n\nA,x\n", "line 4: staff"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_csv_file_is_refused_by_line(name):
    """A malformed CSV file is refused in one message with the file and, where there is one, the line."""
    data, fragment = MALFORMED[name]
    message = refusal(data)
    assert message.startswith("x.csv")
    assert fragment in message
    assert "\n" not in message


def test_an_unknown_skill_is_refused_by_line_with_the_nearest_name():
    """A skill that the scenario does not name is refused by line, with the nearest that it names."""
    message = refusal(b"name,skills\nA,Cloud\nB,Colud\n", GivenNames(skills=["Cloud", "Data"]))
    assert "line 3: skills" in message
    assert 'did you mean "Cloud"?' in message


def test_thousands_may_be_separated():
    """Staff may be written with separated thousands, and n/a means unknown."""
    rows = parse_partners('name,staff\nA,"1,250"\nB,12 000\nC,1\u202f200\nD,n/a\n'.encode(), "x.csv").rows
    assert [row.staff for row in rows][:3] == [1250.0, 12000.0, 1200.0]
    assert math.isnan(rows[3].staff)


@pytest.mark.parametrize(("text", "staff"), [("1.2", 1.2), ("0.125", 0.125), ("12.3450", 12.345), ("1234.567", 1234.567)])
def test_a_number_that_can_only_be_a_decimal_is_read_as_one(text, staff):
    """A point before other than three decimals, or after a zero or four digits, cannot stand between thousands."""
    assert parse_partners(f"name,staff\nA,{text}\n".encode(), "x.csv").rows[0].staff == staff


def scenario_with(tmp_path, more: str = "", data: bytes = SMALL):
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data" / "p.csv").write_bytes(data)
    path = tmp_path / "case.toml"
    path.write_text(f'extends = "baseline"\n[population]\ncsv = "data/p.csv"\n{more}')
    return path


def test_a_plan_takes_partners_and_sizes_from_the_data(tmp_path):
    """Partners and the sizes of skills, verticals and regions come from the data when the scenario leaves them out."""
    plan = load(scenario_with(tmp_path)).plan
    assert (plan.partners, plan.size.skills, plan.size.verticals, plan.size.regions) == (3, 2, 2, 2)
    given = plan.given
    assert given.reach.tolist() == [0b11, 0b11, 0]
    assert given.verticals.tolist() == [0b01, 0b11, 0b11]
    assert given.region.tolist() == [0, 1, -1]
    assert given.skills.tolist() == [[True, True], [True, False], [False, False]]
    assert given.business_type.tolist() == [1, 4, -1]
    assert np.isnan(given.staff).tolist() == [False, True, False]


def test_more_skills_than_the_data_name_are_numbered(tmp_path):
    """More skills than the data name may be asked for; they are numbered."""
    assert load(scenario_with(tmp_path, "skills = 4\n")).plan.names.skills == ("Cloud", "Data", "Skill 3", "Skill 4")


def test_fewer_skills_than_the_data_name_are_refused(tmp_path):
    """Fewer skills than the data name are refused."""
    with pytest.raises(ScenarioError, match=r"population\.skills: 1 asked for, but the CSV file has 2"):
        load(scenario_with(tmp_path, "skills = 1\n"))


def test_more_partners_than_rows_are_refused(tmp_path):
    """More partners than the file has rows are refused."""
    with pytest.raises(ScenarioError, match=r"population\.partners: 4 partners asked for, but the CSV file has 3"):
        load(scenario_with(tmp_path, "partners = 4\n"))


def test_fewer_partners_than_rows_are_the_first(tmp_path):
    """Fewer partners than the file has rows are its first ones."""
    assert load(scenario_with(tmp_path, "partners = 2\n")).plan.given.names == ("Alpha", "Beta")


def test_too_many_skills_for_a_mask_are_refused(tmp_path):
    """Skills in the data and vendors together may not be more than 62."""
    many = ";".join(f"s{n}" for n in range(60))
    with pytest.raises(ScenarioError, match="at most 62"):
        load(scenario_with(tmp_path, data=f"name,skills\nA,{many}\nB,\n".encode()))


def test_a_problem_of_the_csv_file_names_scenario_and_data_file(tmp_path):
    """A problem in the data names the scenario file, the data file and the line."""
    with pytest.raises(ScenarioError, match=r"case\.toml: population\.csv: data/p\.csv, line 2: staff"):
        load(scenario_with(tmp_path, data=b"name,staff\nA,x\n"))


def test_what_is_real_and_what_is_drawn_is_counted(tmp_path):
    """For each input it is counted how many partners have it from the data and how many have it drawn."""
    sources = load(scenario_with(tmp_path)).partners
    assert sources.real["staff"] == 2
    assert sources.drawn["staff"] == 1
    assert sources.real["name"] == 3
    assert "Real: name 3, staff 2" in "\n".join(sources.lines())


def test_the_content_of_the_data_is_part_of_the_digest(tmp_path):
    """Scenarios that differ only in the content of their data have different digests."""
    before = load(scenario_with(tmp_path)).digest()
    assert load(scenario_with(tmp_path)).digest() == before
    assert load(scenario_with(tmp_path, data=SMALL.replace(b"3.5", b"3.6"))).digest() != before
