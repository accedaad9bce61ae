"""Calendars and clocks, which every deadline of the platform is counted with."""
