"""Tokens of links never reach the log."""

import io
import logging

import pytest
import structlog
from django.conf import settings
from django.test import Client
from django.utils.module_loading import import_string

from tests.cast import Cast
from tests.stage import make_stage


@pytest.mark.django_db
def test_an_invitations_token_is_struck_out_of_the_log(alder: Cast) -> None:
    stage = make_stage(alder)
    made = dict(settings.LOGGING["formatters"]["json"])
    formatter = made.pop("()")
    formatter = import_string(formatter) if isinstance(formatter, str) else formatter
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter(**made))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        address = f"/c/alder/invitation/{stage.token}x/"
        assert Client().get(address).status_code == 404
        structlog.get_logger("criterion").warning("seen", request=f"GET {address}")
    finally:
        root.removeHandler(handler)
    assert "/c/alder/invitation/…" in written.getvalue().encode().decode("unicode_escape") or (
        "/c/alder/invitation/\\u2026" in written.getvalue()
    )
    assert stage.token not in written.getvalue()
