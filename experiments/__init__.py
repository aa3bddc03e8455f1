"""Experiments: many runs of scenarios, kept on disk and analysed."""
