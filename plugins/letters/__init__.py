"""Official letters: drafted in a form, numbered by a register, kept as PDF/A."""
