"""What if: scenarios compared pair by pair, with verdicts, and why they differ."""
