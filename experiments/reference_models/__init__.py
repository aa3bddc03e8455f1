"""Models of others with known answers, as rule sets of their own: run them, watch them; nothing of them enters the channel."""
