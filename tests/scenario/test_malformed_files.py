"""What is wrong with a scenario file is said in one message that names file, key and remedy."""

import os
from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load
from tests.scenario.malformed import CASES, HEAD


def refusal(path: Path) -> str:
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return str(caught.value)


@pytest.mark.parametrize("name", CASES)
def test_a_malformed_file_is_refused_in_one_message_that_names_file_key_and_what_was_expected(name, tmp_path):
    """A malformed file is refused in one message that names the file, the key and what was expected."""
    text, fragments = CASES[name]
    path = tmp_path / "case.toml"
    path.write_bytes(text.encode())
    message = refusal(path)
    assert "case.toml" in message
    assert "\n" not in message
    assert len(message) < 1_000
    for fragment in fragments:
        assert fragment in message


def test_there_are_more_than_a_hundred_malformed_files():
    """The hand-written malformed files number more than a hundred."""
    assert len(CASES) > 100


def test_only_the_first_of_several_problems_is_told_and_the_rest_counted(tmp_path):
    """The first of several problems is told, the rest are counted."""
    path = tmp_path / "case.toml"
    path.write_text(HEAD + "months = 0\nseed = -1\n[demand]\nload = 99\n")
    message = refusal(path)
    assert "months" in message
    assert message.endswith("(and 2 more)")
    assert "load" not in message


def test_a_missing_file_is_refused_with_the_nearest_name(tmp_path):
    """A file that is not there is refused with the nearest name in its folder."""
    (tmp_path / "margins.toml").write_text(HEAD)
    assert 'did you mean "margins.toml"?' in refusal(tmp_path / "margin.toml")


def test_an_unknown_name_is_refused_with_the_nearest_shipped_scenario():
    """A name that no shipped scenario has is refused with the nearest one."""
    with pytest.raises(ScenarioError, match='did you mean "baseline"'):
        load("base_line")


@pytest.mark.parametrize("name", ["", "\0", "a\0b.toml", "/", "/nowhere/at/all.toml"])
def test_a_name_that_can_name_no_file_is_refused(name):
    """A name that can name no file is refused."""
    with pytest.raises(ScenarioError):
        load(name)


def test_a_folder_is_no_scenario(tmp_path):
    """A folder is refused as a scenario."""
    folder = tmp_path / "case.toml"
    folder.mkdir()
    assert "not a file" in refusal(folder)


def test_a_pipe_is_no_scenario(tmp_path):
    """Anything but a regular file is refused, so that reading always ends."""
    os.mkfifo(tmp_path / "case.toml")
    assert "not a file" in refusal(tmp_path / "case.toml")


def test_a_file_over_a_megabyte_is_refused_unread(tmp_path):
    """A file of more than a megabyte is refused before it is parsed."""
    path = tmp_path / "case.toml"
    path.write_text(HEAD + "# filler\n" * 200_000)
    assert "1,000,000" in refusal(path)


def test_text_that_is_not_utf8_is_refused_by_line(tmp_path):
    """Bytes that are not UTF-8 are refused with their line."""
    path = tmp_path / "case.toml"
    path.write_bytes(HEAD.encode() + b'question = "caf\xe9"\n')
    assert "line 3: not UTF-8" in refusal(path)


def test_a_problem_in_an_extended_file_names_that_file(tmp_path):
    """A problem is told with the file that states the value, not the one that inherits it."""
    (tmp_path / "below.toml").write_text(HEAD + "[demand]\nload = 99\n")
    (tmp_path / "case.toml").write_text('extends = "below"\n[demand]\nrivals = 2\n')
    assert "below.toml: demand.load" in refusal(tmp_path / "case.toml")


def test_an_extended_file_of_a_newer_schema_is_named(tmp_path):
    """That a file below was made for a newer version is told before anything else, with that file."""
    (tmp_path / "below.toml").write_text('schema_version = 2\ntitle = "T"\nnew_thing = 1\n')
    (tmp_path / "case.toml").write_text('schema_version = 1\nextends = "below"\n')
    assert "below.toml: schema_version: 2, made for a newer" in refusal(tmp_path / "case.toml")


def test_files_may_not_extend_each_other_in_a_circle(tmp_path):
    """Files that extend each other in a circle are refused, and the circle is shown."""
    for name, other in (("a", "b"), ("b", "c"), ("c", "a")):
        (tmp_path / f"{name}.toml").write_text(f'extends = "{other}"\n')
    assert "a -> b -> c -> a" in refusal(tmp_path / "a.toml")


def test_a_chain_of_files_may_not_be_endless(tmp_path):
    """A chain of more than ten files is refused."""
    for n in range(12):
        (tmp_path / f"s{n}.toml").write_text(f'extends = "s{n + 1}"\n')
    (tmp_path / "s12.toml").write_text(HEAD)
    assert "chain of more than 10" in refusal(tmp_path / "s0.toml")


def test_a_link_out_of_the_folder_is_no_csv_file(tmp_path):
    """A CSV file reached by a link out of the scenario's folder is refused."""
    (tmp_path / "inside").mkdir()
    (tmp_path / "secret.csv").write_text("name\nA\nB\n")
    (tmp_path / "inside" / "link.csv").symlink_to(tmp_path / "secret.csv")
    path = tmp_path / "inside" / "case.toml"
    path.write_text(HEAD + '[population]\ncsv = "link.csv"\n')
    assert "population.csv" in refusal(path)


@pytest.mark.parametrize(
    ("key", "value", "fragment"),
    [
        ("demand.growth_per_yaer", 0.1, 'did you mean "growth_per_year"?'),
        ("demand.load", "high", "a number from"),
        ("months", 0, "from 1"),
        ("", 1, "is not a key"),
        (".", 1, "is not a key"),
        ("a.b.c.d.e.f.g.h.i.j", 1, "is not a key"),
        ("title.x", 1, "not a table"),
    ],
)
def test_a_setting_of_the_caller_is_checked_like_the_file(key, value, fragment):
    """A setting that a caller adds is checked like the file, and the message says that it comes from there."""
    with pytest.raises(ScenarioError, match=r"baseline, with ") as caught:
        load("baseline", {key: value})
    assert fragment in str(caught.value)
