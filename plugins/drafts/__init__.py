"""What people are still typing, kept on the server until it is sent."""
