"""S7 Delivery: work is done, projects succeed or fail, by hand."""

import pytest

from sim.chance import Purpose, uniform
from sim.processes import delivery
from sim.processes.delivery import Delivery
from tests.small_world import delivered, project, small_world, stated, tie

CERTAIN = {"base": 50.0, "quality": 0.0, "trust": 0.0, "complexity": 0.0, "refund": 0.2, "memory": 0.1, "rating_memory": 0.1}
HOPELESS = CERTAIN | {"base": -50.0}


def test_success_depends_on_quality_trust_and_complexity():
    """Log odds 1.2 + 3 x (.8 - .6) + 1 x .5 - 1.5 x .4 = 1.7; 1 / (1 + e^-1.7) = .845535."""
    group = stated(Delivery(), base=1.2, quality=3.0, trust=1.0, complexity=1.5)
    assert delivery.success_probability(0.8, 0.5, 0.4, group) == pytest.approx(0.845535, abs=1e-6)


def test_the_signal_lies_beyond_three_tenths_on_the_side_of_the_outcome():
    """.3 + .7 u after success, negative after failure."""
    assert delivery.signal_of(True, 0.5) == pytest.approx(0.65)
    assert delivery.signal_of(False, 0.5) == pytest.approx(-0.65)


def test_a_months_work_is_the_backlog_up_to_capacity():
    """Of 100,000 a firm of 8 does 64,000 and is fully used, of 32,000 all and is half used; a third of that shows."""
    world = small_world(delivery=CERTAIN)
    world.partners.backlog[:] = [100_000.0, 32_000.0, 0.0]
    world.partners.utilisation[:] = 0.4
    delivery.run(world)
    assert world.partners.backlog.tolist() == pytest.approx([36_000.0, 0.0, 0.0])
    assert world.partners.utilisation.tolist() == pytest.approx([0.4 + 0.6 / 3, 0.4 + 0.1 / 3, 0.4 - 0.4 / 3])


def test_what_is_due_is_delivered_and_no_more():
    """In month 3 a project due in month 3 or before is delivered, in the order of uids; one due in month 4 is not."""
    world = small_world(delivery=CERTAIN, month=3)
    project(world, 0, due=4)
    late, due = project(world, 1, due=2, uid=900), project(world, 2, due=3, uid=800)
    assert delivery.run(world).project.tolist() == [due, late]


@pytest.mark.parametrize(("parameters", "seen"), [(CERTAIN, 1.0), (HOPELESS, 0.0)])
def test_every_member_is_known_by_what_it_delivered(parameters, seen):
    """Reputation .5 moves by .1 towards 1 after a success, towards 0 after a failure; firm 2 did not take part."""
    world = small_world(delivery=parameters)
    project(world, 0, 1)
    done = delivery.run(world)
    assert done.success.tolist() == [seen == 1.0]
    moved = 0.5 + 0.1 * (seen - 0.5)
    assert world.partners.reputation.tolist() == pytest.approx([moved, moved, 0.5])


def test_a_task_from_a_marketplace_is_rated_by_its_signal():
    """A first rating weighs a half: .5 + .5 x (.5 + .5 signal - .5); work from elsewhere is not rated."""
    world = small_world(delivery=CERTAIN)
    p = project(world, 0, market=0)
    project(world, 1)
    signal = 0.3 + 0.7 * uniform(world.key, Purpose.SIGNAL, world.projects.uid[p])
    delivery.run(world)
    assert world.partners.rating.tolist() == pytest.approx([0.5 + 0.25 * signal, 0.5, 0.5])
    assert world.partners.rated.tolist() == [1, 0, 0]


@pytest.mark.parametrize(("rated", "weight"), [(1, 1 / 3), (98, 0.1)])
def test_ratings_count_less_the_more_there_are_down_to_a_limit(rated, weight):
    """The n-th rating weighs 1 / (1 + n), never less than .1."""
    world = small_world(delivery=CERTAIN)
    world.partners.rated[0] = rated
    p = project(world, 0, market=0)
    signal = 0.3 + 0.7 * uniform(world.key, Purpose.SIGNAL, world.projects.uid[p])
    delivery.run(world)
    assert world.partners.rating[0] == pytest.approx(0.5 + weight * 0.5 * signal)


@pytest.mark.parametrize(("team", "off", "succeeds"), [((0, 1), (), True), ((0, 1), ("trust",), False), ((0,), ("trust",), True)])
def test_trust_off_means_that_teams_deliver_as_at_the_prior(team, off, succeeds):
    """Switch trust: log odds -50 + 100 T are 50 at T = 1 and -40 at the prior of .1; who works alone is not concerned."""
    world = small_world(delivery=HOPELESS | {"trust": 100.0}, trust={"prior": 0.1}, off=off)
    project(world, *team, trust=1.0)
    assert delivery.run(world).success.tolist() == [succeeds]


def test_failures_are_counted_by_tie():
    """Of three deals of the tie two failed, one of them at the first and one at the second place in the team."""
    world = small_world()
    first, second = tie(world, 0, 1), tie(world, 0, 2)
    done = [project(world, 0, 1, ties=(first,)), project(world, 0, 2, 1, ties=(second, first)), project(world, 0, 1, ties=(first,))]
    failures = delivery.failures_by_tie(world, delivered(*done, success=(False, False, True)))
    assert failures.tolist() == [2.0, 1.0, 0.0, 0.0, 0.0, 0.0]
