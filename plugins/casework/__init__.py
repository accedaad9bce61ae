"""Whatever an agency must answer: calendars and clocks, which every deadline of the platform is counted with."""
