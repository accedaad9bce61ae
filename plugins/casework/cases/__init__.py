"""Cases: opened, moved, given, read, shown and listed; what every kind has in common."""
