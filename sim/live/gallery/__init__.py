"""Pictures of the page at all sizes, checked and kept small: ``python -m sim.live.gallery``."""
