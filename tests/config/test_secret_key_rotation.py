"""A new secret key: what the former one sealed still counts while it is named as such."""

import pytest
from django.conf import settings
from django.test import override_settings

from centres.ledger import ledger_faults
from centres.tenancy import centre_context
from tests.cast import Cast


@pytest.mark.django_db
def test_the_ledgers_head_outlives_a_change_of_the_key(alder: Cast) -> None:
    former = settings.SECRET_KEY
    with centre_context(alder.centre.pk):
        with override_settings(SECRET_KEY="n" * 60, SECRET_KEY_FALLBACKS=[former]):
            assert list(ledger_faults(alder.centre)) == []
        with override_settings(SECRET_KEY="n" * 60, SECRET_KEY_FALLBACKS=[]):
            assert len(list(ledger_faults(alder.centre))) == 1
