"""Keys that some terminals send in a form that Textual 8 gives a name nobody binds."""

from textual import events
from textual.message import Message

_SPACES = {"space", "shift+space"}


def as_typed(message: Message) -> Message:
    """Return the key that was pressed, for one of the odd forms; all else as it is.

    xterm and mintty send Shift+Enter as `CSI 27;2;13~` (modifyOtherKeys), here `shift+\\r`.
    VS Code's terminal sends a space as `CSI 32u`, which becomes a space without its character.
    """
    if isinstance(message, events.Key):
        if message.key == "shift+\r":
            return events.Key("shift+enter", None)
        if message.key in _SPACES and message.character is None:
            return events.Key("space", " ")
    return message
