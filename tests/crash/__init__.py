"""Processes killed at random moments, and what else goes wrong: a full disk, a lost connection, a clock that jumps."""
