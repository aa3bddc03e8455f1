"""Settings that all tests share."""

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)  # the first call compiles
settings.load_profile("repeatable")
