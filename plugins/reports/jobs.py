"""Background work of reports: adding counters up, comparing them with the cases, gathering agencies below."""

from plugins.reports import checking, gathering


def check() -> None:
    """Compare the counters of the agency in scope with its cases, and fold them."""
    checking.check()


def gather() -> None:
    """Gather the figures of the agencies under the one in scope."""
    gathering.gather()
