"""Why a draft of a specification is not made, revised, published or discarded."""


class DraftError(Exception):
    """What forbids it, and what to do next; the state forbids it, not the person's role."""

    def __init__(self, rule: str, remedy: str) -> None:
        self.rule = rule
        self.remedy = remedy
        super().__init__(f"{rule}. {remedy}.")


class PublishedError(DraftError):
    """The version is published, so nothing below it changes again."""

    def __init__(self, version: str) -> None:
        super().__init__(
            f"version {version} is published and frozen", "Make a draft of a new version from it"
        )


class StaleDraftError(DraftError):
    """The draft is no longer what the person was shown."""


class VersionTakenError(DraftError):
    """Another version of the qualification has that label already."""


class DraftInUseError(DraftError):
    """Something that a centre holds refers to the draft."""

    def __init__(self) -> None:
        super().__init__(
            "this draft is in use already and cannot be replaced",
            "Give the new content a new version label",
        )
