"""Background work of calendars and clocks."""

from plugins.casework.deadlines import replaying
from plugins.casework.legs import adapters


def replay() -> None:
    """Count the open deadlines of the agency in scope anew, as far as its calendar has changed since."""
    replaying.replay_open_clocks()


def deliver_legs() -> None:
    """Deliver what waits in the agency in scope for systems outside."""
    adapters.deliver_waiting()
