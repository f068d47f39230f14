"""The door for files: events and members, line by line, each through the one write path."""
