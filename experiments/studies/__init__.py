"""H1-H14, the essay's claims, as studies: a protocol each, written before it was run, one command to a verdict."""
