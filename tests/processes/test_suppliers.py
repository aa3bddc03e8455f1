"""The drawn world of suppliers: what is drawn stays within its range."""

import numpy as np

from sim.chance import month_key
from sim.processes import suppliers
from sim.processes.suppliers import SupplierWorld
from sim.state.suppliers import empty_vendors
from tests.small_world import stated


def test_the_fit_of_a_product_never_exceeds_one():
    """Outside the core fit is fit_low x (.5 + a draw from 0 to 1), so up to 1.5 at a fit_low of 1: half of the draws reach the bound."""
    vendors = empty_vendors(1, 400)
    key = np.uint64(month_key(1, 0, -1))
    suppliers._draw_vendor(vendors, 0, key, key, stated(SupplierWorld(), fit_low=1.0, fit_core=0.0), 400)
    assert vendors.fit.min() >= 0.5
    assert vendors.fit.max() == 1.0
    assert abs((vendors.fit == 1.0).sum() - 200) < 3 * 10  # standard error 10
