"""The work list of a person, and what reminds of it."""
