"""Việc được giao, the simplest kind of case."""
