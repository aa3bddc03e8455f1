"""Command lines at random end with status 0 or 2, without a traceback, and what is refused leaves nothing."""

import pytest

from tests.command_lines import try_many


def test_any_command_line_is_right_or_refused():
    """A few hundred command lines, right, nearly right and nonsense."""
    assert try_many(300) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 6))
def test_many_command_lines_are_right_or_refused(seed):
    """Two thousand more, with other chance."""
    assert try_many(500, seed) == []
