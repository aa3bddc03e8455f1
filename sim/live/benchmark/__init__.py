"""How fast and how small the live view is, measured: ``python -m sim.live.benchmark``."""
