"""How an action says no: each refusal names the rule, what is missing and what to do next."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal(Exception):
    """A rule refuses the action. Nothing was changed."""

    rule: str
    remedy: str
    source: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.rule, self.remedy) if part)


class TransitionError(Refusal):
    """The state forbids it: what was asked for may not follow what has happened."""


class ChangedSinceShown(Refusal):
    """What would be signed is no longer what the signer was shown."""
