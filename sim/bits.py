"""Sets of skills and vendors as bit masks."""

from sim.compiled import leaf


@leaf
def has(mask, bit):
    """Whether the set holds the bit."""
    return (mask >> bit) & 1 == 1


@leaf
def count(mask):
    """How many the set holds."""
    n = 0
    while mask:
        mask &= mask - 1
        n += 1
    return n


@leaf
def first(mask):
    """The lowest bit of a set that is not empty."""
    return count((mask & -mask) - 1)


@leaf
def lowest(mask, n):
    """The ``n`` lowest bits of the set."""
    kept = 0
    while mask and n > 0:
        bit = mask & -mask
        kept |= bit
        mask ^= bit
        n -= 1
    return kept


@leaf
def low_bits(n):
    """The set {0, ..., n - 1}."""
    return (1 << n) - 1
