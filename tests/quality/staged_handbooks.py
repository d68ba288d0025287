"""What the routes of handbooks name, made on the stage when first asked for."""

from typing import Any

from centres.tenancy import centre_context
from quality.models import HandbookImport
from tests.cast import PASSWORD
from tests.quality import handbooks as making
from tests.stage import Stage, StagedTestCase

Args = tuple[Any, ...]


def _first(stage: Stage, name: str) -> HandbookImport | None:
    """The import that was handed in under a name, if there is one."""
    cast = stage.cast
    with centre_context(cast.centre.pk):
        rows = HandbookImport.objects.for_centre(cast.centre)
        found: HandbookImport | None = rows.filter(name=name).first()
    return making.fresh(cast, found) if found else None


def read(stage: Stage) -> HandbookImport:
    """An import that waits for its draft."""
    held = _first(stage, "read.txt")
    if held is None:
        held = making.imported(stage.cast, upload=making.upload(name="read.txt"))
        making.run(stage.cast, held)
    return making.fresh(stage.cast, held)


def answered(stage: Stage) -> HandbookImport:
    """An import with a draft, all of whose doubtful readings are answered for."""
    held = _first(stage, "draft.txt")
    if held is None:
        held = making.imported(stage.cast, upload=making.upload(name="draft.txt"))
        making.run(stage.cast, held)
        making.draft(stage.cast, held, version="staged")
        making.answer(stage.cast, held)
    return making.fresh(stage.cast, held)


def published(stage: Stage) -> HandbookImport:
    """An import that became a version of the centre's own."""
    held = _first(stage, "orchard.txt")
    return held or making.published(stage.cast)


def refused_args(stage: Stage) -> Args:
    """An import that could not be read."""
    held = _first(stage, "refused.txt")
    if held is None:
        upload = making.upload("Apples, pears and a quince.", name="refused.txt")
        held = making.imported(stage.cast, upload=upload)
        making.run(stage.cast, held)
    return (held.pk,)


def args(stage: Stage) -> Args:
    """The import with a draft."""
    return (answered(stage).pk,)


def read_args(stage: Stage) -> Args:
    """The import without one."""
    return (read(stage).pk,)


def unit_args(stage: Stage) -> Args:
    """Its first unit."""
    return (*args(stage), 1)


def part_args(stage: Stage) -> Args:
    """An outcome of the draft."""
    return (*args(stage), "outcome-4-1")


AT_A_DRAFT = (args, unit_args, part_args)


class DraftTestCase(StagedTestCase):
    """The stages with such a draft in both centres, for the routes that name it."""

    @classmethod
    def setUpTestData(cls) -> None:
        """Two drafts."""
        super().setUpTestData()
        answered(cls.alder)
        answered(cls.birch)


def to_import(stage: Stage) -> dict[str, Any]:
    """A file."""
    return {"file": making.upload()}


def to_answer(stage: Stage) -> dict[str, Any]:
    """The first doubtful reading."""
    row = making.warnings_of(stage.cast, answered(stage))[0]
    return {"warnings": [str(row.pk)], "resolution": "accepted"}


def to_draft(stage: Stage) -> dict[str, Any]:
    """On the centre's own version."""
    return {"known": str(published(stage).specification_id), "version": "staged-2"}


def to_edit(stage: Stage) -> dict[str, Any]:
    """Another text of the outcome."""
    version = answered(stage).specification
    assert version
    return {"digest": version.digest, "title": "The year behind", "text": "Know the year behind."}


def to_publish(stage: Stage) -> dict[str, Any]:
    """What the page shows."""
    version = answered(stage).specification
    assert version
    return {"shown": version.digest, "password": PASSWORD}
