"""Isolation between centres: the base model, the composite key, the query seam and the context."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import connection, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

if TYPE_CHECKING:
    from centres.models import Centre


Row_co = TypeVar("Row_co", bound=models.Model, covariant=True)


class CentreQuerySet(models.QuerySet[Row_co]):
    """Rows of tenant tables; ``for_centre`` is the one way in, and so the access check."""

    def for_centre(self, centre: "Centre | uuid.UUID") -> Self:
        """Only the rows of this centre, given as itself or by its id."""
        return self.filter(centre=centre)


class CentreOwned(models.Model):
    """A row that belongs to one centre: guarded by ``for_centre`` above and by row security below.

    Every foreign key from one such model to another carries ``db_constraint=False`` and a
    ``SameCentre`` constraint, because plain foreign keys ignore row-level security.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    centre = models.ForeignKey("centres.Centre", models.PROTECT, related_name="+", db_index=False)

    objects = CentreQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "id"], name="%(app_label)s_%(class)s_same_centre"
            )
        ]


def key_within_centre(to: str) -> "models.ForeignKey[Any, Any]":
    """A foreign key to a row of the same centre; its ``SameCentre`` constraint is the real key."""
    return models.ForeignKey(
        to, models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )


class SameCentre(models.BaseConstraint):
    """A composite foreign key ``(centre_id, x_id)``: the row pointed to is of the same centre.

    ``also`` names copied columns that must agree too, such as the learner of a registration.
    """

    def __init__(self, *, field: str, name: str, also: tuple[str, ...] = ()) -> None:
        super().__init__(name=name)
        self.field = field
        self.also = tuple(also)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Serialise for migrations."""
        path, args, kwargs = super().deconstruct()
        options = {**kwargs, "field": self.field}
        if self.also:
            options["also"] = self.also
        return path, tuple(args), options

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameCentre) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash((self.name, self.field))

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to ask before saving: the database refuses at once, not at commit."""

    def constraint_sql(  # type: ignore[override]
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> str:
        """The constraint as part of CREATE or ALTER TABLE."""
        meta: Any = model._meta
        field = meta.get_field(self.field)
        target = field.remote_field.model._meta
        quote = schema_editor.quote_name
        copies = "".join(f", {quote(meta.get_field(name).column)}" for name in self.also)
        return (
            f"CONSTRAINT {quote(self.name)} FOREIGN KEY (centre_id, {quote(field.column)}{copies}) "
            f"REFERENCES {quote(target.db_table)} (centre_id, {quote(target.pk.column)}{copies}) "
            "DEFERRABLE INITIALLY IMMEDIATE"
        )

    def create_sql(  # type: ignore[override]
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> str:
        """Add the constraint to an existing table."""
        table = schema_editor.quote_name(model._meta.db_table)
        return f"ALTER TABLE {table} ADD {self.constraint_sql(model, schema_editor)}"

    def remove_sql(  # type: ignore[override]
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> str:
        """Drop the constraint."""
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"


def _enter(centre_id: str) -> str:
    """Set the centre for this transaction and return the one that it was in before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('app.centre', true), ''), "
            "set_config('app.centre', %s, true)",
            [centre_id],
        )
        return str(cursor.fetchone()[0])


@contextmanager
def centre_context(centre_id: uuid.UUID | str) -> Iterator[None]:
    """Work inside one centre, in a transaction; the former centre is restored on the way out.

    A released savepoint keeps a setting made within it, so it is put back by hand; a rollback
    puts it back by itself.
    """
    with transaction.atomic():
        before = _enter(str(centre_id))
        yield
        if not connection.needs_rollback:
            _enter(before)
