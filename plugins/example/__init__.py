"""Sổ tay phòng ban: a notebook shared inside a unit, and the module to learn from."""
