"""Names: given ones, else a kind and a number; a successor is called after whom it follows, as in stories of the command line."""

from sim.live.names import Names


def test_a_successor_is_called_so(small):
    names = Names(small.plan)
    assert names.partner(7) == "Partner 8"
    assert names.partner(7 + (1 << 32)) == "Partner 8 (successor 1)"
    assert names.partner(7 + (2 << 32)) == "Partner 8 (successor 2)"
