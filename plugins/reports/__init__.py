"""How many cases came in, were done and are late: counted daily, with the cases behind every number."""
