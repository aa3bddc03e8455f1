"""What the rules' tests share: they also run interpreted (NUMBA_DISABLE_JIT=1), where hashes overflow by design."""

import numpy as np
import pytest
from numba import config


@pytest.fixture(autouse=True)
def _hashes_may_overflow():
    """Interpreted, 64-bit words wrap with a warning that compiled code does not give."""
    with np.errstate(over="ignore" if config.DISABLE_JIT else "warn"):
        yield
