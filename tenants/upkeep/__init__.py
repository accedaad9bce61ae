"""What looks after an installation: its checks, its verifier, its queue as operators see it."""
