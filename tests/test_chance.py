"""Keys of chance: what two draws may and may not have in common."""

import itertools

import numpy as np
import pytest

from sim.chance import Purpose, month_key, pair_key, pair_keys, pair_uid, uniform, uniforms

GENERATION = 1 << 32  # a successor's uid is its predecessor's plus this


def test_no_firm_shares_the_draw_of_another_firm_in_another_network():
    """Firm 0 in network 1 and firm 256 in network 0 least of all: shifted by 8 bits they were the same."""
    firms = [*range(600), GENERATION, GENERATION + 1, 300 * GENERATION]
    networks = [*range(40), 255, 256, 257]
    keys = {pair_key(firm, network) for firm, network in itertools.product(firms, networks)}
    assert len(keys) == len(firms) * len(networks)
    assert min(keys) >= 0
    key = np.uint64(month_key(1, 0, 0))
    assert uniform(key, Purpose.LEAVE, pair_key(0, 1)) != uniform(key, Purpose.LEAVE, pair_key(256, 0))


def test_a_pair_has_an_order_in_one_key_and_none_in_the_other():
    """(3, 7) is not (7, 3), but the two are one unordered pair."""
    assert pair_key(3, 7) != pair_key(7, 3)
    assert pair_uid(3, 7) == pair_uid(7, 3) == pair_key(3, 7)


def test_a_column_of_keys_is_key_by_key():
    """Also what is drawn with them."""
    uids, key = np.array([0, 256, GENERATION]), np.uint64(month_key(1, 0, 0))
    keys = pair_keys(uids, 9)
    assert keys.tolist() == [pair_key(uid, 9) for uid in uids.tolist()]
    drawn = [uniform(key, Purpose.JOIN, one, 0) for one in keys.tolist()]
    assert uniforms(key, int(Purpose.JOIN), keys, 0).tolist() == pytest.approx(drawn, abs=0.0)
