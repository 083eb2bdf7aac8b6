"""What a terminal answers about itself, told apart from what the person types. Pure."""

import re
from dataclasses import dataclass

_ANSWER = re.compile(
    r"\x1b\](?P<osc>\d+;[^\x07\x1b]*)(?:\x07|\x1b\\)|\x1b\[\?(?P<csi>[\d;]*(?:c|u|\$y))"
)


@dataclass(frozen=True, slots=True)
class Heard:
    """The answers without their frames, all that came as it came, and whether more may come."""

    answers: tuple[str, ...] = ()
    data: bytes = b""
    late: bool = False


def parsed(data: bytes) -> Heard:
    """Return which answers are in `data`; what else is in it may have been typed."""
    found = list(_ANSWER.finditer(data.decode("utf-8", "replace")))
    answers = tuple(match["osc"] or match["csi"] for match in found)
    complete = any((match["csi"] or "").endswith("c") for match in found)
    return Heard(answers, data, late=not complete)
