"""Reads an awarding body's handbook into a draft: pure, without database or network."""

from qualifications.handbook.content import Handbook, UnreadableError
from qualifications.handbook.output import as_json, as_summary
from qualifications.handbook.reader import read_handbook

__all__ = ["Handbook", "UnreadableError", "as_json", "as_summary", "read_handbook"]
