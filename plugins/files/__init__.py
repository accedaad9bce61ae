"""Files of all modules: stored once by their content, checked, and served with their owner's permission."""
