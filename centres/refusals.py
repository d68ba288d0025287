"""How an action says no: each refusal names the rule, what is missing and what to do next."""


class Refusal(Exception):
    """A rule refuses the action. Nothing was changed.

    ``source`` is where the rule stands, such as ``8588 handbook, registration``.
    """

    def __init__(self, rule: str, remedy: str, source: str = "") -> None:
        super().__init__(" ".join(part for part in (rule, remedy) if part))
        self.rule = rule
        self.remedy = remedy
        self.source = source


class TransitionError(Refusal):
    """The state forbids it: what was asked for may not follow what has happened."""


class ChangedSinceShown(Refusal):
    """What would be signed is no longer what the signer was shown; ``changes`` says what."""

    def __init__(self, rule: str, remedy: str, changes: tuple[str, ...] = ()) -> None:
        super().__init__(rule, remedy)
        self.changes = changes
