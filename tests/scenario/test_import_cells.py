"""What an import makes of cells: numbers, lists, names of vendors."""

import pytest

from sim.scenario.importing import BadRowsError, import_data
from tests.scenario.test_import import refused


def test_an_entry_twice_in_a_cell_counts_once(write, tmp_path):
    """The same vendor, network or skill twice in one cell, in whatever spelling, is one entry and no fault."""
    partners = "name,skills,networks,vendors\nA,x;Y;y;X,Club;club,Dell; Cisco; cisco\nB,Y,,cisco\n"
    made = import_data(**write(partners=partners), out=tmp_path / "out")
    assert made.skipped == ()
    plan = made.scenario.plan
    assert plan.names.vendors == ("Cisco", "Dell")
    assert plan.names.skills == ("Y", "x")
    assert plan.ties.members.tolist() == [[0, 0]]
    assert plan.ties.carried.tolist() == [[0, 1], [0, 0], [1, 0]]


def test_commas_separate_lists_where_no_cell_of_the_column_has_a_semicolon(write, tmp_path):
    """Comma lists are read as lists, and that is told; a legal form stays with its name, as do all commas beside a ";"."""
    partners = (
        "name,skills,verticals,vendors,networks\n"
        'A,"Cloud, Data","Retail, fashion;","Microsoft, Fortinet, Cisco",Club\n'
        'B,"Data,Cloud,","Retail, fashion","Acme, Inc., Cisco","Guild, Club"\n'
        'C,Data,,"Best GmbH & Co. KG, Northwind Pty. Ltd.",\n'
    )
    made = import_data(**write(partners=partners), name="mine", out=tmp_path / "out")
    plan = made.scenario.plan
    assert plan.names.skills == ("Data", "Cloud")
    assert plan.names.verticals == ("Retail, fashion",)
    assert plan.names.vendors == ("Cisco", "Microsoft", "Fortinet", "Acme, Inc.", "Best GmbH & Co. KG", "Northwind Pty. Ltd.")
    assert [group.name for group in plan.networks] == ["Club", "Guild"]
    told = [line.split(" (")[0] for line in made.assumed if line.startswith("commas separate")]
    assert told == [f"commas separate the entries of {column}" for column in ("skills", "networks", "vendors")]
    assert 'end a name that has a comma with ";"' in "".join(made.assumed)


def test_a_comma_list_among_lists_with_semicolons_is_asked_about(write, tmp_path):
    """Where other cells have a ";", a cell with commas and a name that they have is refused, one with none is a name."""
    partners = 'name,vendors\nA,Cisco;Dell\nB,"Cisco, Microsoft"\nC,"Acme, Inc."\nD,"Cisco, Limited Edition;"\n'
    with pytest.raises(BadRowsError) as caught:
        import_data(**write(partners=partners), out=tmp_path / "out")
    assert [row.split("csv, ")[1] for row in caught.value.rows] == [
        'line 3: vendors: "Cisco, Microsoft" seems to be a list; separate its entries by ";", or end it with ";" if it is one name'
    ]
    made = import_data(**write(partners=partners), out=tmp_path / "out", skip_bad_rows=True)
    assert made.scenario.plan.given.names == ("A", "C", "D")
    assert made.scenario.plan.names.vendors == ("Cisco", "Dell", "Acme, Inc.", "Cisco, Limited Edition")


def test_a_vendor_with_a_comma_may_stand_in_a_file_of_its_own(write, tmp_path):
    """In the file of who carries what a legal form stays with its name too, and a share counts for it."""
    files = write(partners="name\nA\nB\n", relations='partner,vendor,share\nA,"Acme, Inc.",60\nA,Cisco,40\nB,"Cisco",1\n')
    plan = import_data(**files, out=tmp_path / "out").scenario.plan
    assert plan.names.vendors == ("Cisco", "Acme, Inc.")
    assert plan.ties.shares.tolist() == [0.6, 0.4, 1.0]


def test_too_many_skills_and_vendors_name_their_columns(write, tmp_path, no_runs):
    """More skills and vendors than the model holds are told with file, column and the rarest, before any fit."""
    skills, vendors = (";".join(f"{letter}{n}" for n in range(many)) for letter, many in (("s", 34), ("v", 37)))
    files = write(partners=f"name,revenue,Expertise,Brands\nA,10,{skills},{vendors}\nB,20,s1,\n")
    refused(
        f"import: 34 skills (column Expertise of {tmp_path}/partners.csv) and 37 vendors (column Brands of {tmp_path}/partners.csv), "
        'expected together at most 62; merge or leave out some, the rarest skills are "s33", "s32", "s31", "s30", "s29"',
        tmp_path, **files, out=tmp_path,
    )  # fmt: skip


def test_the_import_says_which_vendor_is_in_focus_and_may_be_told(write, tmp_path):
    """It is the most frequent, or the first of the vendors' file; another is named in any case, and becomes the first."""
    carried = {"partners": "name,vendors\nA,Dell;Cisco\nB,Cisco\n"}
    listed = {"vendors": "name,mdf\nDell,0.1\nHP,\n"}
    cases = [
        (carried, None, "Cisco, the most frequent", ("Cisco", "Dell")),
        (carried, "dell", "Dell, as asked", ("Dell", "Cisco")),
        (carried | listed, None, "Dell, the first of the vendors' file", ("Dell", "HP", "Cisco")),
        (carried | listed, "hp", "HP, as asked", ("HP", "Dell", "Cisco")),
    ]
    for n, (files, focal, says, names) in enumerate(cases):
        made = import_data(**write(**files), out=tmp_path / str(n), focal=focal)
        assert f"Vendor in focus: {says}; --focal NAME chooses another." in made.lines()
        assert made.scenario.plan.names.vendors == names
    assert made.scenario.plan.vendors == ({}, {"mdf": 0.1}, {})
    assert made.scenario.plan.ties.carried.tolist() == [[0, 1], [0, 2], [1, 2]]
    refused('there is no vendor "Del", did you mean "Dell"?', tmp_path, **write(**carried), out=tmp_path, focal="Del")
    made = import_data(**write(partners="name\nA\nB\n"), out=tmp_path / "none")
    assert "Vendor in focus: none of your own, the vendors are drawn" in "".join(made.lines())
    refused("give vendors in a column", tmp_path, **write(partners="name\nA\nB\n"), out=tmp_path, focal="Dell")


def test_a_number_that_may_be_thousands_is_asked_about_and_never_fitted(write, tmp_path, no_runs):
    """Whether "900.000" is nine hundred or nine hundred thousand is not guessed: rows with such staff or revenue are refused, in each file."""
    files = write(
        partners="name,staff,revenue\nA,12,900.000\nB,1.200,600000\nC,4,5\nD,4,6\n",
        revenue="partner,revenue\nC,1.500.000\n",
        churn="year,partners,left\n2024,1.200,3\n",
    )
    with pytest.raises(BadRowsError) as caught:
        import_data(**files, out=tmp_path / "out")
    assert [row.split("csv, ")[1] for row in caught.value.rows] == [
        'line 2: revenue: "900.000" may be 900000 or 900.0; write 900000, or 900.0 if that is meant',
        'line 3: staff: "1.200" may be 1200 or 1.2; write 1200, or 1.2 if that is meant',
        'line 2: revenue: "1.500.000" has points between thousands; write 1500000',
        'line 2: partners: "1.200" may be 1200 or 1.2; write 1200, or 1.2 if that is meant',
    ]


def test_three_decimals_are_written_so_that_they_are_read_again(write, tmp_path):
    """Staff of 12.345 is written with a fourth decimal, which cannot be thousands."""
    made = import_data(**write(partners="name,staff\nA,12.3450\nB,0.125\n"), name="mine", out=tmp_path / "out")
    assert made.scenario.plan.given.staff.tolist() == [12.345, 0.125]


def test_a_share_above_one_is_answered_with_how_a_percentage_is_written(write, tmp_path):
    """A margin of 15 is out of range; the message shows the bounds as they are, and the two ways to write 15 percent."""
    with pytest.raises(BadRowsError) as caught:
        import_data(**write(partners="name\nA\nB\n", vendors="name,list_margin\nAcme,15\n"), out=tmp_path / "out")
    assert 'list_margin: expected a number from 0 to 0.5, got "15"; 15 % is written 0.15 or 15 %; ' in caught.value.rows[0]


def test_a_share_near_nothing_is_written_so_that_it_is_read_again(write, tmp_path):
    """A share of .00002 is written with all its digits, not as 2e-05, which is no number of a table."""
    files = write(partners="name\nA\nB\n", relations="partner,vendor,share\nA,Dell,0.00002\nA,Cisco,0.5\n")
    made = import_data(**files, name="mine", out=tmp_path / "out")
    assert min(made.scenario.plan.ties.shares) == pytest.approx(0.00002 / 0.50002)
