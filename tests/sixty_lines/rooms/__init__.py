"""Meeting rooms: the smallest module with a list and a form."""
