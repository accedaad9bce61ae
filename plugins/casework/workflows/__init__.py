"""How the cases of a kind go on, in versions that agencies change."""
