"""The report: what a comparison or a run comes to, as sections of a page."""
