"""Headers of CSV files: what is matched, what is not, what is asked about."""

import pytest

from sim.scenario import ScenarioError
from sim.scenario.csv_table import read_table
from sim.scenario.headers import meaning, unused
from sim.scenario.import_tables import FILES

MEANS = {
    "partners": {
        "Type of Business": "business_type", "Type of partner": "business_type", "# Employees": "staff", "No. of employees": "staff",
        "Employees (FTE)": "staff", "Company size": "staff", "Country / HQ": "country", "Sales Region": "regions", "Region(s)": "regions",
        "Regions served": "regions", "Industry focus": "verticals", "Customer segments": "verticals", "Annual Revenue (USD)": "revenue",
        "Revenue 2024": "revenue", "Annual sales": "revenue", "Vendor lines": "vendors", "Name of the company": "name",
    },
    "relations": {"Name of vendor": "vendor", "Share of wallet %": "share", "Partner name": "partner"},
    "churn": {"# partners": "partners", "Partners lost": "left", "Churn %": "churn"},
    "memberships": {"Type of network": "kind", "Member organisation": "partner"},
    "vendors": {"Margin %": "list_margin", "Vendor": "name"},
}  # fmt: skip
NOTHING = (
    "# of vendors", "Number of networks", "n_networks", "foundations", "Technology partners", "Sales area", "Sales contact",
    "Partner since", "Partner ID", "Contact name", "Vendor contact", "Deal size", "Revenue growth %", "Employees %", "Colour", "",
)  # fmt: skip


@pytest.mark.parametrize(("sort", "header"), [(sort, header) for sort, means in MEANS.items() for header in means])
def test_ordinary_headers_are_matched_by_their_words(sort, header):
    """Brackets, units, "#" and words that say little are left out; the order of words does not matter."""
    assert meaning(header, FILES[sort][0]) == MEANS[sort][header]


@pytest.mark.parametrize("header", NOTHING)
def test_headers_that_hold_a_known_word_beside_others_are_not_matched(header):
    """A count is no list of names, and a word that says something else keeps a header from being taken."""
    assert meaning(header, FILES["partners"][0]) is None


@pytest.mark.parametrize(
    ("header", "hint"),
    [
        ("Vendor portfolio", "Vendor portfolio (did you mean vendors?)"),
        ("Technology vendors", "Technology vendors (did you mean vendors?)"),
        ("Emploees", "Emploees (did you mean staff?)"),
        ("# of vendors", "# of vendors"),
        ("Skill level", "Skill level"),
        ("Mood", "Mood"),
    ],
)
def test_a_column_without_use_is_named_with_what_may_have_been_meant(header, hint):
    """The nearest column that is still open is named, and none for a header that is like nothing, or like a taken one."""
    assert unused(header, FILES["partners"][0], {"name", "skills"}) == hint


@pytest.mark.parametrize(
    ("header", "fragment"),
    [
        ("name,Region,Sales Region", 'columns "Region" and "Sales Region" both mean regions; rename or remove one'),
        ("name,Revenue 2023,Revenue 2024", 'columns "Revenue 2023" and "Revenue 2024" both mean revenue'),
        ("name,Revenue (EUR)", 'column "Revenue (EUR)": revenue is in US dollars a year; convert it'),
        ("name,Revenue k$", 'column "Revenue k$": revenue is in US dollars a year'),
        ("name,Employees (thousands)", 'column "Employees (thousands)": staff is in people; convert it'),
    ],
)
def test_headers_that_leave_open_what_is_meant_are_refused(header, fragment):
    """Two columns of one meaning, and amounts in another unit than the model's, are asked about."""
    with pytest.raises(ScenarioError) as caught:
        read_table(f"{header}\nA,1,2\n".encode(), "x.csv", *FILES["partners"])
    assert str(caught.value).startswith(f"x.csv, line 1: {fragment}")


def test_numbers_below_a_percent_sign_are_percentages():
    """The header's "%" goes with each number that has none of its own."""
    table = read_table(b"Vendor,Margin %\nAcme,12\nBest,8 %\nCore,\n", "x.csv", *FILES["vendors"])
    assert [record.cells["list_margin"] for record in table.records] == ["12 %", "8 %", ""]
