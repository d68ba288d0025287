"""What a moved registration keeps of its earlier results: told by whoever knows, from above.

A registration that moved to a newer version keeps a pass where the criterion is the same. The
quality app gives its answer here when it starts; without it, nothing is kept. Only the pages of
registrations that have moved ask (``has_moved``), so that all others pay nothing.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Exists, OuterRef

from centres.models import Centre, PathwayMove
from portfolios.standing import Confirmed


@dataclass(frozen=True)
class KeptPass:
    """A criterion passed before: on which version, on which sheet, and when it was signed."""

    version: str
    sheet_id: UUID
    decided_at: datetime.datetime

    @property
    def sentence(self) -> str:
        """How pages say it."""
        return f"Kept from version {self.version}: pass, unchanged."


@dataclass(frozen=True)
class KeptWork:
    """An assessment of which every criterion is kept, so that nothing is handed in for it.

    ``outcome`` is empty while quality assurance has returned the decision that is kept.
    """

    version: str
    submission_id: UUID
    outcome: str
    standing: Confirmed


@dataclass(frozen=True)
class Kept:
    """What one registration keeps, by criterion and by assessment."""

    passes: Mapping[UUID, KeptPass] = field(default_factory=dict)
    works: Mapping[UUID, KeptWork] = field(default_factory=dict)


Teller = Callable[[Centre, Iterable[UUID]], Mapping[UUID, Kept]]

NOTHING = Kept()
_tellers: list[Teller] = []


def tell_kept_with(teller: Teller) -> None:
    """Take the answers from this function from now on: what is kept, by registration."""
    _tellers[:] = [teller]


def kept_by(centre: Centre, registration_ids: Iterable[UUID]) -> Mapping[UUID, Kept]:
    """What each of some registrations keeps; ask it for those that have moved."""
    wanted = list(registration_ids)
    known = _tellers[0](centre, wanted) if _tellers and wanted else {}
    return {registration: known.get(registration, NOTHING) for registration in wanted}


def has_moved(centre: Centre, registration: str = "pk") -> Exists:
    """Whether a row's registration has moved; ``registration`` is the field that holds it."""
    return Exists(
        PathwayMove.objects.for_centre(centre).filter(registration=OuterRef(registration))
    )
