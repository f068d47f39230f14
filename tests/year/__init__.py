"""The real year through the real API."""
