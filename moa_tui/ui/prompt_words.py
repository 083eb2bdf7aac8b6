"""What a stream was sent, in words: every message as it was, and about how many tokens. Pure."""

from moa_tui.engine.metrics import prompt_tokens
from moa_tui.engine.prompts import CUT_MARK
from moa_tui.state import StreamState


def title(stream: StreamState) -> str:
    """Name the stream, and how much it was sent."""
    count = len(stream.messages)
    noun = "message" if count == 1 else "messages"
    return f"What {stream.label} was sent: {count} {noun}, {_tokens(stream)}"


def text(stream: StreamState) -> str:
    """Return all messages under their roles, and before them what was cut."""
    blocks = []
    cuts = sum(message.content.count(CUT_MARK) for message in stream.messages)
    if cuts:
        noun = "reference was" if cuts == 1 else "references were"
        blocks.append(f"About {cuts} {noun} cut to fit: each ends with{CUT_MARK}")
    for number, message in enumerate(stream.messages, start=1):
        size = f"~{prompt_tokens([message]):,} tokens"
        blocks.append(f"━━━ {number} · {message.role} · {size} ━━━\n\n{message.content}")
    return "\n\n".join(blocks)


def _tokens(stream: StreamState) -> str:
    if stream.usage:
        return f"{stream.usage.prompt:,} tokens"
    return f"~{prompt_tokens(stream.messages):,} tokens"
