"""Thông báo: what happened that concerns a person, in the shell and by e-mail, never twice for one fact."""
