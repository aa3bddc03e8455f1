"""The tests of the processes and rules find faults that are planted on purpose."""

import pytest

from tests.planted_faults import FAULTS, ROOT, caught, outcomes, sound_without_faults

NO_PROCESS = {"__init__", "suppliers"}  # suppliers are drawn before the first month
NO_RULE = {"__init__", "connections", "registry", "tables", "user"}


def test_every_process_and_every_rule_has_a_planted_fault():
    """One fault a file at least, and its text is in the source."""
    for folder, others in (("processes", NO_PROCESS), ("rules", NO_RULE)):
        files = {path.stem for path in (ROOT / "sim" / folder).glob("*.py")} - others
        assert files == {fault.process for fault in FAULTS if fault.folder == folder}
    assert [fault.what for fault in FAULTS if fault.old not in (ROOT / fault.source).read_text(encoding="utf-8")] == []


@pytest.mark.slow
def test_the_tests_find_every_planted_fault():
    """Without a fault the tests pass; with any one of the faults they fail."""
    assert sound_without_faults(FAULTS)
    assert {fault.what: outcome for fault, outcome in outcomes(FAULTS) if not caught(outcome)} == {}
