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
    """Return `messages` with one in place of those in it that are the end of `conversation`."""
    said = _messages(conversation)
    end, count = _longest(messages, said)
    if not count:
        return messages
    return (*messages[: end - count], Message(EARLIER, str(count)), *messages[end:])


def _longest(messages: tuple[Message, ...], said: tuple[Message, ...]) -> tuple[int, int]:
    """Return where in `messages` the longest end of `said` ends, and how long it is.

    What a conversation was begun with stands before it, in no turn of its own.
    """
    best = (0, 0)
    for end in range(len(messages), 0, -1):
        count = 0
        while count < min(end, len(said)) and messages[end - 1 - count] == said[-1 - count]:
            count += 1
        best = max(best, (end, count), key=lambda found: found[1])
    return best


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
