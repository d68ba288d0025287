"""What a sheet still lacks: gates that are not met, and whatever else blocks signing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from qualifications.queries import TreeRule
from qualifications.rules import Verdict, judge_count


@dataclass(frozen=True)
class GateLine:
    """A gate of a criterion, what the assessor counted, and whether that is enough."""

    rule: TreeRule
    value: str

    @property
    def verdict(self) -> Verdict:
        """What the rules say of the count."""
        return judge_count(self.rule, self.value)

    @property
    def met(self) -> bool:
        """Whether it was counted and is enough."""
        return self.verdict.met

    @property
    def sentence(self) -> str:
        """What to say of it, such as ``Practice: 3 h 30 to go: 14 h 30 of 18 h.``"""
        return f"{self.rule.label}: {self.verdict.sentence}"


@dataclass(frozen=True)
class Block:
    """One thing that keeps a sheet from being signed; ``mark`` names its criterion or section."""

    mark: str
    text: str


def counted_gates(gates: Iterable[TreeRule], counts: Mapping[str, Any]) -> tuple[GateLine, ...]:
    """Gates against what was counted, which goes by their codes."""
    return tuple(GateLine(rule, str(counts.get(rule.code, ""))) for rule in gates)
