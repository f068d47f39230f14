"""Doors: each turns the outside world into one call, and the result into an answer."""
