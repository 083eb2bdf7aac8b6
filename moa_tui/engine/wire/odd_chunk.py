"""A chunk that is not like the others: the first and the last, other shapes, errors, noise.

What is right in it counts, and nothing that may have been a part of the answer is passed over:
it is named as a doubt, and the answer is not complete.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from moa_tui.engine.wire.chunk import Choice, Delta, OddChunk
from moa_tui.engine.wire.content import Content, says_something, tool_name
from moa_tui.engine.wire.errors import WireError
from moa_tui.engine.wire.errors_in import error_in, error_of_choice, remark_in
from moa_tui.engine.wire.finish_reason import Ending, meaning_of
from moa_tui.engine.wire.sse import Junk
from moa_tui.engine.wire.words import shown

_OBJECTS = ("usage", "time_info", "timings", "perf_metrics", "x_groq", "prompt_progress")
_ENDS = {"[done]", "done", "[done", "data: [done]", "[end]", "[eos]"}
_PINGS = {"ping", "[ping]", "pong", "heartbeat", "[heartbeat]", "keepalive", "keep-alive"}
_PINGS |= {"keep_alive", "[keepalive]", "[keep-alive]", "ok", ":", "null", "{}", "[]"}

_REASONING = ("reasoning", "reasoning_content", "reasoning_text", "thinking", "thought", "thoughts")
_CONTENT = ("content", "refusal", "text", "output_text")
_CALLS = ("tool_calls", "function_call", "tool_call")
_OF_A_DELTA = {
    *(*_REASONING, *_CONTENT, *_CALLS, "reasoning_details", "role", "name", "index", "id", "type"),
    *("annotations", "citations", "obfuscation", "token_id", "token_ids", "logprobs", "signature"),
    *("thinking_blocks", "reasoning_signature", "provider_specific_fields", "channel", "status"),
    *("metadata", "context", "usage", "padding", "p", "tool_call_id", "model", "stop_reason"),
}
_OF_A_CHOICE = {
    *("delta", "message", "text", "finish_reason", "native_finish_reason", "index", "logprobs"),
    *("stop_reason", "matched_stop", "content_filter_results", "content_filter_offsets", "seed"),
    *("reasoning_logprobs", "token_ids", "error", "finish_details", "metadata", "usage"),
}
_LIKE_CONTENT = (*_CONTENT, *_REASONING, "delta", "message", "choices", "tool_calls")
_OTHER_REASONS = ("finishReason", "stop_reason", "native_finish_reason", "done_reason")
"""Fields that say how an answer ended, where `finish_reason` does not."""

_DEEPEST = 6


def read_odd_chunk(event: bytes) -> OddChunk:
    """Return what is in an event's data, and what is wrong with it."""
    if isinstance(event, Junk):
        said = shown(event.decode("utf-8", "replace"), 40)
        return OddChunk(doubt=f"a line that is no part of a stream ('{said}')")
    doubt = ""
    try:
        text = event.decode()
    except UnicodeDecodeError:
        text, doubt = event.decode("utf-8", "replace"), "bytes that are no text"
    try:
        # The standard decoder takes lone surrogates, which the cleaner replaces later.
        value = json.loads(text, object_pairs_hook=_fields)
    except (ValueError, RecursionError):
        return _not_json(text)
    if isinstance(value, dict):
        chunk = _read_object(value)
    elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        chunk = _read_objects(value)
    else:
        nothing = not says_something(value) or str(value).strip().lower() in _PINGS
        chunk = OddChunk(doubt="" if nothing else "an event that is no object")
    chunk.doubt = chunk.doubt or doubt
    return chunk


class _Twofold(dict[str, Any]):
    """An object with a field that it has twice."""


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else _Twofold(fields)


def _not_json(text: str) -> OddChunk:
    plain = text[:40].strip().lower()
    if len(text) < 40 and plain in _ENDS:
        return OddChunk(ends=True)
    if len(text) < 40 and plain in _PINGS:
        return OddChunk()
    return OddChunk(trouble=WireError(f"an event that is not JSON: {text[:80]}"))


def _read_objects(values: list[dict[str, Any]]) -> OddChunk:
    """Read a list of chunks as one."""
    whole = OddChunk(choices=[])
    for chunk in map(_read_object, values):
        whole.choices = [*(whole.choices or ()), *(chunk.choices or ())]
        for name in (*_OBJECTS, "trouble", "remark", "doubt", "tools"):
            setattr(whole, name, getattr(whole, name) or getattr(chunk, name))
    return whole


def _read_object(value: dict[str, Any]) -> OddChunk:
    chunk = OddChunk(trouble=error_in(value))
    if isinstance(value, _Twofold) and says_something(value.get("choices")):
        chunk.doubt = "two events that have run together"
    for name in _OBJECTS:
        if isinstance(value.get(name), dict):
            setattr(chunk, name, value[name])
    choices = value.get("choices")
    if isinstance(choices, list):
        read = [_read_choice(item, chunk) for item in choices if isinstance(item, dict)]
        chunk.choices = [choice for choice in read if choice]
        chunk.trouble = chunk.trouble or error_of_choice(choices)
        if any(says_something(item) and not isinstance(item, dict) for item in choices):
            chunk.doubt = chunk.doubt or "a choice that is no object"
    elif says_something(choices):
        chunk.doubt = "choices that are no list"
    if not chunk.choices and not chunk.trouble:
        chunk.remark = remark_in(value)
        if not isinstance(choices, list) and _holds_text(value):
            chunk.doubt = chunk.doubt or "an event with text in an unknown place"
    return chunk


def _read_choice(item: dict[str, Any], chunk: OddChunk) -> Choice | None:
    content = Content()
    source, whole = _source_in(item, content)
    if isinstance(source, dict):
        _read_delta(source, content)
    reason = _reason_in(item)
    unknown = [name for name in item if name not in _OF_A_CHOICE]
    if not (content.text or content.thought or reason) and (odd := _like_content(unknown, item)):
        content.miss(f"the unknown field '{shown(odd, 30)}'")
    chunk.doubt = chunk.doubt or content.unread
    chunk.tools = chunk.tools or tuple(content.tools)
    chunk.whole = chunk.whole or whole
    return Choice(
        delta=Delta(
            content="".join(content.text) or None, reasoning="".join(content.thought) or None
        ),
        finish_reason=reason,
        index=_index_in(item),
    )


def _index_in(item: Mapping[str, Any]) -> int:
    index = item.get("index")
    if isinstance(index, str) and index.isdecimal() and len(index) < 9:
        return int(index)
    return index if isinstance(index, int) else 0


def _source_in(item: dict[str, Any], content: Content) -> tuple[object, bool]:
    """Return the object with the text, and whether it is a message; a bare text is taken."""
    for name in ("delta", "message"):
        source = item.get(name)
        if isinstance(source, list) and len(source) == 1:
            source = source[0]
        if isinstance(source, dict) and source:
            return source, name == "message"
        if isinstance(source, str):
            content.read(source)
            if source:
                return None, False
        elif says_something(source):
            content.miss(f"a {name} that is no object")
            return None, False
    content.read(item.get("text"))  # as the older completions have it
    return None, False


def _read_delta(source: dict[str, Any], content: Content) -> None:
    for name in _REASONING:
        content.read(source.get(name), thinking=True)
        if content.thought:
            break
    else:
        content.read(source.get("reasoning_details"), thinking=True)  # OpenRouter: both, or it
    for name in _CONTENT:
        content.read(source.get(name))
        if content.text:
            break
    for name in _CALLS:
        calls = source.get(name)
        for call in calls if isinstance(calls, list) else [calls]:
            if says_something(call):
                content.tools.append(tool_name(call))
    if content.text or content.thought:
        return
    if odd := _like_content([name for name in source if name not in _OF_A_DELTA], source):
        content.miss(f"the unknown field '{shown(odd, 30)}'")


def _reason_in(item: Mapping[str, Any]) -> str | None:
    """Return the finish reason as a word: the worse one, where the model's own is another."""
    reason = _word_in(item)
    said = meaning_of(reason)
    if said and said.ending is not Ending.COMPLETE:
        return reason
    others = (item.get(name) for name in _OTHER_REASONS)
    known = [word for word in others if isinstance(word, str) and _is_known(word)]
    if reason is None:
        return next(iter(known), None)
    native = item.get("native_finish_reason")  # OpenRouter: "stop" beside MAX_TOKENS
    return native if native in known and _cuts(native) else reason


def _is_known(word: str) -> bool:
    meaning = meaning_of(word)
    return meaning is not None and meaning.known


def _cuts(word: str) -> bool:
    meaning = meaning_of(word)
    return meaning is not None and meaning.ending not in (Ending.COMPLETE, Ending.TOOL)


def _word_in(item: Mapping[str, Any]) -> str | None:
    """Return the finish reason as a word, in whatever shape it comes."""
    reason = item.get("finish_reason")
    if not says_something(reason):
        details = item.get("finish_details")
        reason = details.get("type") if isinstance(details, dict) else None
    for _ in range(_DEEPEST):
        if isinstance(reason, list):
            reason = next(iter(reason), None)
        elif isinstance(reason, dict):
            named = (reason.get(name) for name in ("type", "reason", "name", "value"))
            reason = next((word for word in named if says_something(word)), "an object")
        else:
            break
    if not says_something(reason):
        return None
    return reason if isinstance(reason, str) else json.dumps(reason)[:40]


def _like_content(unknown: Iterable[str], source: Mapping[str, Any]) -> str | None:
    """Return an unknown field that may have been a part of the answer: by its name, or its words.

    Providers add fields all the time: identifiers, figures and flags beside a delta are none.
    """
    for name in unknown:
        value = source[name]
        if not says_something(value) or isinstance(value, bool):
            continue
        if any(_is_misspelt(name, known) for known in _LIKE_CONTENT):
            return name
        if isinstance(value, str) and (not value.isascii() or len(value.split()) > 1):
            return name
        if isinstance(value, dict | list) and _holds_text(value):
            return name
    return None


def _is_misspelt(name: str, known: str) -> bool:
    """Whether two names differ in case, or in one character."""
    name = name.lower()
    if len(name) == len(known):
        return sum(a != b for a, b in zip(name, known, strict=True)) <= 1
    if abs(len(name) - len(known)) > 1:
        return False
    short, long = sorted((name, known), key=len)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def _holds_text(value: object, depth: int = 0) -> bool:
    """Whether there is text anywhere in `value` under a name that text has."""
    if depth > _DEEPEST:
        return True
    if isinstance(value, list):
        return any(_holds_text(item, depth + 1) for item in value)
    if not isinstance(value, dict):
        return False
    return any(
        (
            name in ("content", "text", "delta", "transcript")
            and isinstance(item, str)
            and bool(item.strip())
        )
        or (isinstance(item, dict | list) and _holds_text(item, depth + 1))
        for name, item in value.items()
    )
