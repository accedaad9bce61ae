"""Background work of calendars and clocks."""

from plugins.casework import replaying


def replay() -> None:
    """Count the open deadlines of the agency in scope anew, as far as its calendar has changed since."""
    replaying.replay_open_clocks()
