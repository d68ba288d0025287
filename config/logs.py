"""What must not reach the log: an invitation's link opens a role, so its token is struck out."""

import re
from collections.abc import MutableMapping
from typing import Any

LINK = re.compile(r"(/invitation/)[\w-]+")


def without_links(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A structlog processor: every text of the entry with the tokens of links struck out."""
    for key, value in event.items():
        if isinstance(value, str) and "/invitation/" in value:
            event[key] = LINK.sub(r"\1…", value)
    return event
