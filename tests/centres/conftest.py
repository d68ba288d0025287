"""The context that actions called directly need, as a request below ``/c/<centre>/`` has it."""

from collections.abc import Iterator

import pytest

from centres.tenancy import centre_context
from tests.cast import Cast


@pytest.fixture
def in_alder(alder: Cast) -> Iterator[None]:
    """The whole test stands in Alder."""
    with centre_context(alder.centre.pk):
        yield
