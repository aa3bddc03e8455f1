"""Sweeps: a study file becomes runs, a table that can be trusted, and its analysis."""
