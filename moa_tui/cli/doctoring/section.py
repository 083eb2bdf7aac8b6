"""A section of the doctor's report."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Section:
    """Facts by name, in order, and sentences about what could be better."""

    title: str
    facts: dict[str, str] = field(default_factory=dict)
    advice: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return the section as text."""
        width = max((len(name) for name in self.facts), default=0)
        facts = [f"  {name:<{width}}  {value}" for name, value in self.facts.items()]
        return [self.title, *facts, *(f"  -> {words}" for words in self.advice), ""]
