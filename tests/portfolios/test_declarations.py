"""A wording that was signed never changes: a new one is a new version."""

from portfolios.declarations import CURRENT, DECLARATIONS

PINNED = {1: "0013adc172e2f9016b6bc62f67e1e0fb5b693c2ebdb7ede2476eab1c30341778"}


def test_each_wording_is_the_one_that_was_signed() -> None:
    assert {version: wording.digest for version, wording in DECLARATIONS.items()} == PINNED


def test_the_current_one_is_the_newest() -> None:
    assert CURRENT.version == max(PINNED)
    assert CURRENT.text.startswith(CURRENT.opening)
    assert all(point in CURRENT.text for point in CURRENT.points)
