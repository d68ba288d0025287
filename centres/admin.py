"""Django's admin, for the platform's own staff: centres and logins, and no row of any tenant."""

from typing import TYPE_CHECKING, Any, cast

# These three register what is taken out again below.
import allauth.account.admin
import allauth.mfa.admin  # noqa: F401
import django.contrib.auth.admin  # noqa: F401
from django.contrib import admin
from django.forms import BaseForm
from django.http import HttpRequest

from centres.actions import change_centre, change_person
from centres.models import Centre, User

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
else:
    Admin = admin.ModelAdmin

KEPT = {Centre, User}

for model in [model for model in admin.site._registry if model not in KEPT]:
    # What other apps offer there: groups that nobody uses, second steps that nobody should read.
    admin.site.unregister(model)

admin.site.site_header = admin.site.site_title = "Criterion platform"


class NothingDeleted:
    """Records point to centres and people for good; a login is closed, never deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


@admin.register(Centre)
class CentreAdmin(NothingDeleted, Admin):
    """Details of a centre. It is opened by ``manage.py open_centre``, together with its manager."""

    list_display = ("name", "slug", "number", "time_zone", "created_at")
    search_fields = ("name", "slug", "number")
    fields = ("slug", "name", "number", "time_zone", "decide_within_days", "created_at")
    readonly_fields = ("slug", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never here: a centre without a manager can't be used."""
        return False

    def save_model(self, request: HttpRequest, obj: Centre, form: BaseForm, change: bool) -> None:
        """Through the action, so that the platform's chain knows."""
        change_centre(actor=cast(User, request.user), centre=obj, fields=form.changed_data)


@admin.register(User)
class UserAdmin(NothingDeleted, Admin):
    """Logins: close one, correct a name. What a person may do in a centre is said there."""

    list_display = ("full_name", "email", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("full_name", "email")
    fields = ("email", "full_name", "is_active", "is_staff", "date_joined", "last_login")
    readonly_fields = ("email", "date_joined", "last_login")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never here: people come in through an invitation."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: BaseForm, change: bool) -> None:
        """Through the action, so that the platform's chain knows."""
        change_person(actor=cast(User, request.user), person=obj, fields=form.changed_data)
