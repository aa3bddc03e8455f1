"""What must hold, each check once: the tests assert it and ``validate`` shows it."""
