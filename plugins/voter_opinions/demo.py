"""Believable petitions for a demonstration: invented, and without anybody's personal data."""

from core.api import DemoMaker


def seed(make: DemoMaker) -> None:
    """Nothing yet."""
