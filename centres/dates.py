"""Anniversaries, as the rules of registration reckon them."""

from qualifications.rules import comes_of_age, term_ends

__all__ = ["comes_of_age", "term_ends"]
