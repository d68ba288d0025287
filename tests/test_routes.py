"""The URLconf and the registry of routes say the same: a missing or stale entry is caught."""

from django.urls import URLPattern, URLResolver, get_resolver

from tests.routes import OPEN_ROUTES, ROUTES


def names(
    patterns: list[URLPattern | URLResolver], prefix: str = "", space: str = ""
) -> dict[str, str]:
    """Every named route with its path."""
    found: dict[str, str] = {}
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            found |= names(pattern.url_patterns, here, inner)
        elif pattern.name:
            found[space + pattern.name] = here
    return found


def test_every_route_below_a_centre_is_registered() -> None:
    there = {
        name for name, path in names(get_resolver().url_patterns).items() if path.startswith("c/")
    }
    assert there == set(ROUTES)


def test_every_other_route_is_registered() -> None:
    there = {
        name
        for name, path in names(get_resolver().url_patterns).items()
        if not path.startswith(("c/", "admin/", "accounts/"))
    }
    assert there == OPEN_ROUTES
