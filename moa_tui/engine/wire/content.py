"""The content of a message in any shape that providers give it → text, thinking, and what is left.

A string is the rule. Mistral's reasoning models send a list of parts, gateways wrap other
providers' parts, some models send a number where an answer is one.
"""

from dataclasses import dataclass, field

from moa_tui.engine.wire.words import shown

_DEEPEST = 8
_TEXT = ("text", "content", "output_text", "value", "refusal", "transcript")
_THOUGHT = ("thinking", "reasoning", "thought", "reasoning_content", "summary", "text", "content")
_SAYS_NOTHING = {
    *("redacted_thinking", "reasoning.encrypted", "encrypted_content", "signature", "reference"),
    *("thinking_signature", "citation", "citations", "annotation", "usage", "metadata", "ping"),
}
"""Types of parts that hold nothing to be read."""

_TOOL_TYPES = {
    "tool_use",
    "tool_call",
    "tool_calls",
    "function_call",
    "function",
    "server_tool_use",
}


@dataclass(slots=True)
class Content:
    """What was found in a content, in order; `unread` names what could not be read."""

    text: list[str] = field(default_factory=list)
    thought: list[str] = field(default_factory=list)
    tools: list[str] = field(default_factory=list)
    unread: str = ""

    def read(self, value: object, *, thinking: bool = False, depth: int = 0) -> None:
        """Take what is in `value`; with `thinking` all of its text is."""
        if not says_something(value):
            return
        if depth > _DEEPEST:
            self.miss("content nested too deeply")
        elif isinstance(value, str):
            (self.thought if thinking else self.text).append(value)
        elif isinstance(value, int | float):  # True says nothing that can be read
            if isinstance(value, bool):
                self.miss(f"content that is {str(value).lower()}")
            else:
                self.text.append(str(value))
        elif isinstance(value, list):
            for item in value:
                self.read(item, thinking=thinking, depth=depth + 1)
        elif isinstance(value, dict):
            self._read_part(value, thinking=thinking, depth=depth)

    def miss(self, what: str) -> None:
        """Note what could not be read; the first counts."""
        self.unread = self.unread or what

    def _read_part(self, part: dict[str, object], *, thinking: bool, depth: int) -> None:
        said = part.get("type")
        kind = said.lower() if isinstance(said, str) else ""
        if kind in _SAYS_NOTHING:
            return
        if kind in _TOOL_TYPES:
            self.tools.append(tool_name(part))
            return
        thinking = thinking or any(word in kind for word in ("think", "reason", "thought"))
        if part.get("thought") is True:  # Gemini's own parts
            thinking = True
        found = False
        for name in _THOUGHT if thinking else _TEXT:
            if says_something(part.get(name)) and part[name] is not True:
                self.read(part[name], thinking=thinking, depth=depth + 1)
                found = True
                break
        for name in () if thinking else _THOUGHT[:4]:
            if says_something(part.get(name)):
                self.read(part[name], thinking=True, depth=depth + 1)
                found = True
        if not found and _has_more(part):
            self.miss(f"a part of the type '{shown(kind, 30)}'" if kind else "an object as content")


def says_something(value: object) -> bool:
    """Whether there is anything in a value: not None, false, or empty; 0 is a number."""
    return value is not None and value is not False and value not in ("", [], {})


def tool_name(call: object) -> str:
    """Return the name of the tool in a call of any shape; empty where a piece has none."""
    if not isinstance(call, dict):
        return ""
    for name in ("name", "function", "tool_name", "tool"):
        value = call.get(name)
        if isinstance(value, dict):
            value = value.get("name")
        if isinstance(value, str) and value.strip():
            return shown(value, 60)
    return ""


def _has_more(part: dict[str, object]) -> bool:
    """Whether a part without text has anything but its type, its place and such."""
    beside = {"type", "index", "id", "role", "signature", "annotations", "citations", "phase"}
    texts = {*_TEXT, *_THOUGHT}
    return any(
        name not in beside and name not in texts and says_something(value)
        for name, value in part.items()
    )
