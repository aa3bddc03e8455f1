"""A4 Little's law: projects under way = projects won a month x months from winning to delivery."""

import pytest

from experiments.validation.projects import check_ratio, counted


@pytest.mark.slow
def test_active_projects_are_arrivals_times_duration():
    """Over 20 years L / (lambda W) is 1 within .02, with W from the log of deals and L counted at each month's end."""
    queue = counted()
    assert queue.won > 5_000
    assert check_ratio(queue).holds
    assert not check_ratio(queue._replace(months_in_work=1.03 * queue.months_in_work)).holds
