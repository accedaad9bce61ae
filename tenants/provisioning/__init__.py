"""Describe agencies in a file, see what would change, apply it as often as needed."""
