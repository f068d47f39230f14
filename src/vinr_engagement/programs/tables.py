"""The rows of this room."""

from vinr_engagement.foundation.database import Table
from vinr_engagement.programs.program import ProgramRow

PROGRAMS = Table("programs", ProgramRow, ("id",))
