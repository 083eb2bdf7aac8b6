"""What is not kept twice: the conversation before a turn stands in the turns before it.

Every stream of a turn is sent all of it. Kept with each, the history of a conversation would grow
with the square of its turns, and so would the time that keeping the next one takes.
"""

from collections.abc import Sequence

from moa_tui.engine.prompts import Exchange
from moa_tui.engine.provider import Message

EARLIER = "earlier"
"""Role of the message that stands for those left out; its content is their number."""


def elided(messages: tuple[Message, ...], conversation: Sequence[Exchange]) -> tuple[Message, ...]:
    """Return `messages` with one in place of those that are the end of `conversation`."""
    start = 1 if messages and messages[0].role == "system" else 0
    said = _messages(conversation)
    for count in range(min(len(said), len(messages) - start), 0, -1):
        if messages[start : start + count] == said[-count:]:
            return (*messages[:start], Message(EARLIER, str(count)), *messages[start + count :])
    return messages


def restored(
    messages: tuple[Message, ...], conversation: Sequence[Exchange]
) -> tuple[Message, ...]:
    """Undo `elided`, as far as the conversation is still there."""
    said = _messages(conversation)
    found: list[Message] = []
    for message in messages:
        if message.role != EARLIER:
            found.append(message)
        elif message.content.isdecimal() and 0 < int(message.content[:9]) <= len(said):
            found += said[-int(message.content[:9]) :]
    return tuple(found)


def _messages(conversation: Sequence[Exchange]) -> tuple[Message, ...]:
    return tuple(message for exchange in conversation for message in exchange.messages)
