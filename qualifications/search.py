"""Search over every criterion: PostgreSQL's full text, narrowed by qualification, level and verb.

`Criterion.search` holds what is looked through; the action that writes a specification fills it.
The newest published version of each qualification is searched, so that nothing comes up twice.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.postgres.aggregates import StringAgg
from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import (
    F,
    Func,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
    Window,
)
from django.db.models.functions import Concat

from qualifications.catalogue import newest_first, specifications_for
from qualifications.models import Criterion, Descriptor, Qualification, Specification, Unit, Verb

QUERY_LENGTH = 200
PAGE_SIZE = 20

# Characters for private use: no keyboard makes them and no document holds them.
_START, _STOP = "\ue000", "\ue001"

_STRAY_STROKE = re.compile(r"-(?![\w\"])")


@dataclass(frozen=True)
class Asked:
    """What is looked for, as read from the address."""

    text: str = ""
    qualification: str = ""
    level: int | None = None
    verb: str = ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.qualification or self.level or self.verb)

    @property
    def is_empty(self) -> bool:
        return not self.text and not self.is_narrowed

    @property
    def everywhere(self) -> str:
        """The address of the same words without the filters."""
        return f"?{urlencode({'q': self.text})}"


def asked(text: str, qualification: str = "", level: str = "", verb: str = "") -> Asked:
    """Take what an address may hold: control characters go, and so does what is too long."""
    return Asked(
        text=_plain(text),
        qualification=_plain(qualification),
        level=int(level) if re.fullmatch(r"[1-8]", level, re.ASCII) else None,
        verb=_plain(verb).lower(),
    )


def _plain(text: str) -> str:
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    # A stroke joins two words or leaves one out. PostgreSQL refuses a long run of others.
    meant = _STRAY_STROKE.sub(" ", printable)
    return " ".join(meant.split())[:QUERY_LENGTH].strip()


@dataclass(frozen=True)
class Piece:
    """A stretch of text, and whether it is what was looked for."""

    text: str
    is_hit: bool


@dataclass(frozen=True)
class Hit:
    """A criterion that was found; ``beside`` is where, if not in the statement."""

    criterion: Criterion
    statement: tuple[Piece, ...]
    beside: tuple[Piece, ...]


@dataclass(frozen=True)
class UnitHits:
    """The criteria of one unit that were found, the best first; ``title`` is the unit's."""

    unit: Unit
    title: tuple[Piece, ...]
    specification: Specification
    hits: tuple[Hit, ...]


@dataclass(frozen=True)
class SearchPage:
    """One page of what was found, and the choices to narrow it by."""

    asked: Asked
    qualifications: tuple[Qualification, ...]
    levels: tuple[int, ...]
    verbs: tuple[str, ...]
    page: Page[Criterion]
    units: tuple[UnitHits, ...]
    has_words: bool


def search_page(centre_id: UUID | None, wanted: Asked, number: int | str) -> SearchPage:
    """Look through the criteria that a centre may read, in five queries at most.

    Units come in the order of their best criterion. Without words, whatever the filters leave is
    listed in the order of the catalogue; without filters either, nothing is.
    """
    newest = _newest(centre_id)
    found = _found(newest, wanted)
    page = Paginator(found, PAGE_SIZE).get_page(number)
    rows = list(page.object_list)
    return SearchPage(
        asked=wanted,
        qualifications=tuple(row.qualification for row in newest),
        levels=tuple(sorted({row.qualification.level for row in newest})),
        verbs=tuple(
            Verb.objects.filter(specification__in=newest)
            .order_by("word")
            .values_list("word", flat=True)
            .distinct()
        ),
        page=page,
        units=tuple(_by_unit(rows)),
        has_words=bool(rows) or not wanted.text or _has_words(wanted.text),
    )


def _newest(centre_id: UUID | None) -> list[Specification]:
    """The newest version of every qualification."""
    rows = newest_first(specifications_for(centre_id))
    return [next(own) for _, own in groupby(rows, key=lambda row: row.qualification_id)]


def _found(newest: Iterable[Specification], wanted: Asked) -> QuerySet[Criterion]:
    rows = Criterion.objects.select_related("unit", "verb", "specification__qualification").filter(
        specification__in=_kept(newest, wanted)
    )
    if wanted.verb:
        rows = rows.filter(verb__word=wanted.verb)
    if not wanted.text:
        in_order = rows.order_by(
            "specification__qualification__number", "unit__position", "position", "id"
        )
        return in_order.none() if wanted.is_empty else in_order
    query = _query(wanted.text)
    ranked = rows.filter(search=query).annotate(rank=SearchRank(F("search"), query))
    best = ranked.annotate(
        best=Window(Max("rank"), partition_by=F("unit_id")),
        marked=_marked("statement", query),
        titled=_marked("unit__title", query),
        around=_excerpt(_around(), query),
    )
    return best.order_by("-best", "unit__position", "unit_id", "-rank", "position", "id")


def _kept(newest: Iterable[Specification], wanted: Asked) -> list[Specification]:
    return [
        row
        for row in newest
        if wanted.qualification in {"", row.qualification.number}
        and wanted.level in {None, row.qualification.level}
    ]


def _query(text: str) -> SearchQuery:
    return SearchQuery(text, config="english", search_type="websearch")


def _marked(text: str, query: SearchQuery) -> SearchHeadline:
    """The whole of a text with what was looked for between the markers."""
    return SearchHeadline(
        text, query, config="english", start_sel=_START, stop_sel=_STOP, highlight_all=True
    )


def _excerpt(text: Concat, query: SearchQuery) -> SearchHeadline:
    """The stretch of a text that holds most of what was looked for, between the same markers."""
    return SearchHeadline(
        text,
        query,
        config="english",
        start_sel=_START,
        stop_sel=_STOP,
        max_words=24,
        min_words=8,
    )


def _around() -> Concat:
    """What stands around a statement and is looked through with it, as one text."""
    between = Value(" · ")
    lists = [
        Func(F(name), between, function="array_to_string", output_field=TextField())
        for name in ("guidance", "depth", "example_evidence")
    ]
    descriptors = (
        Descriptor.objects.filter(criterion=OuterRef("pk"))
        .order_by()
        .values("criterion")
        .annotate(texts=StringAgg("text", " · ", order_by=("kind", "position")))
    )
    parts = [*lists, Subquery(descriptors.values("texts")), F("outcome__text")]
    joined = [piece for part in parts for piece in (part, between)]
    return Concat(*joined[:-1], output_field=TextField())


def _has_words(text: str) -> bool:
    """Whether anything is left to look for once the most common words are gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT numnode(websearch_to_tsquery('english', %s))", [text])
        return bool(cursor.fetchone()[0])


def _by_unit(rows: Iterable[Criterion]) -> Iterable[UnitHits]:
    for _, own in groupby(rows, key=lambda row: row.unit_id):
        criteria = list(own)
        yield UnitHits(
            unit=criteria[0].unit,
            title=_pieces(getattr(criteria[0], "titled", criteria[0].unit.title)),
            specification=criteria[0].specification,
            hits=tuple(_hit(row) for row in criteria),
        )


def _hit(row: Criterion) -> Hit:
    statement = _pieces(getattr(row, "marked", row.statement))
    around = _pieces(getattr(row, "around", ""))
    in_statement = any(piece.is_hit for piece in statement)
    shown = not in_statement and any(piece.is_hit for piece in around)
    return Hit(row, statement, around if shown else ())


def _pieces(marked: str) -> tuple[Piece, ...]:
    """A headline taken apart at its markers, so that a template can escape every piece."""
    found = []
    for at, part in enumerate(marked.split(_START)):
        hit, _, rest = part.partition(_STOP) if at else ("", "", part)
        found += [Piece(hit, is_hit=True), Piece(rest, is_hit=False)]
    return tuple(piece for piece in found if piece.text)
