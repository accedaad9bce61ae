"""Who wants to hear of what happens to an object."""
