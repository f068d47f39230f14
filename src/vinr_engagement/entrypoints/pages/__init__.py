"""What the doors for people share: a file that is ready to be sent, and how it is sent."""

from vinr_engagement.entrypoints.pages.file import File
from vinr_engagement.entrypoints.pages.sending import CHANGING, FINAL, SECURITY, refuse_method, send, send_file

__all__ = ["CHANGING", "FINAL", "SECURITY", "File", "refuse_method", "send", "send_file"]
