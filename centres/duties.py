"""Separation of duties, by person and over all attempts: the database's refusal, in words."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from centres.refusals import Refusal

CONSTRAINT = "duties_apart"


@contextmanager
def duties_apart() -> Iterator[None]:
    """Turn the refusal of the trigger ``duties_apart`` into a ``Refusal``; others pass through.

    The rule is held by the database alone, because it spans attempts, sheets, reviews, releases
    and visits (8588 handbook, roles).
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as clash:
        diagnosis = getattr(clash.__cause__, "diag", None)
        if getattr(diagnosis, "constraint_name", "") != CONSTRAINT:
            raise
        raise Refusal(
            rule="Whoever assessed any attempt of this work never verifies it, nobody verifies it "
            "both internally and externally, and nobody judges their own.",
            remedy="Ask a colleague who has had no part in this work.",
        ) from clash
