"""Reads that join several models, one module a page."""

from assessment.queries.marking import waiting_for_assessor

__all__ = ["waiting_for_assessor"]
