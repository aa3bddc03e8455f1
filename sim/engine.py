"""Running a plan without any face: build its world, let months pass."""

from sim.month import advance
from sim.population import build

__all__ = ["advance", "build"]
