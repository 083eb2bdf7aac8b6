"""What is sent: a request as the provider's chat-completions endpoint takes it.

What an endpoint refuses to know is left out of what it is sent afterwards, as long as the program
runs; what the person wants left out is never sent.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from moa_tui.engine.openai_provider.refused_fields import LIMIT_FIELDS, SYSTEM, refused_fields
from moa_tui.engine.openai_provider.statuses import Refusal, failure_of_refusal
from moa_tui.engine.provider import AskedDifferentlyError, ChatRequest, Message
from moa_tui.roster.model import Provider
from moa_tui.text import clean_line

Body = dict[str, Any]


class Bodies:
    """Makes the bodies of requests to one provider, and learns what it does not take."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._refused: dict[str, frozenset[str]] = {}
        """Of each model, what to leave out; of the token limit, the name that is not taken."""

    def of(self, request: ChatRequest) -> Body:
        """Return the body of `request`."""
        dialect, sampling = self._provider.dialect, request.sampling
        out = {*dialect.omit, *sampling.omit, *self._refused.get(request.model, ())}
        body: Body = {
            "model": request.model,
            "messages": _messages(request.messages, merged=SYSTEM in out),
            "stream": True,
            _limit_field(dialect.limit_field, out): sampling.max_tokens,
        }
        for name in ("temperature", "top_p", "reasoning_effort", "seed"):
            value = getattr(sampling, name)
            if value is not None:
                body[name] = value
        if sampling.stop:
            body["stop"] = list(sampling.stop)
        if dialect.include_usage:
            body["stream_options"] = {"include_usage": True}
        if request.schema and dialect.schemas:
            # https://platform.openai.com/docs/guides/structured-outputs
            shape = {"name": "answer", "strict": True, "schema": request.schema}
            body["response_format"] = {"type": "json_schema", "json_schema": shape}
        for name in out - {*LIMIT_FIELDS, SYSTEM}:
            body.pop(name, None)
        return body | dict(dialect.extra_body) | dict(sampling.extra_body)

    def learn(self, sent: Body, refusal: Refusal) -> None:
        """Raise AskedDifferentlyError where a refusal is about a part that can be left out."""
        model = str(sent["model"])
        parts = set(sent)
        if any(message["role"] == "system" for message in sent["messages"]):
            parts.add(SYSTEM)
        named = refused_fields(refusal.status or 0, refusal.reason, parts)
        known = self._refused.get(model, frozenset())
        if not named or set(LIMIT_FIELDS) <= known | named:
            return
        self._refused[model] = known | named
        notice = self._notice(sorted(named - known), model) if named - known else ""
        raise AskedDifferentlyError(failure_of_refusal(refusal), notice)

    def _notice(self, named: Sequence[str], model: str) -> str:
        name, what = self._provider.name, clean_line(model, 80)
        told, omit = [], []
        for field in named:
            if field in LIMIT_FIELDS:
                other = next(name for name in LIMIT_FIELDS if name != field)
                told.append(f"`{field}`: asked again with `{other}`")
            elif field == SYSTEM:
                told.append("a system message: asked again with it in front of the question")
                omit.append(field)
            else:
                told.append(f"`{field}`: asked again without it")
                omit.append(field)
        advice = f"; `omit: [{', '.join(omit)}]` leaves it out from the start" if omit else ""
        return f"{name} refused {', '.join(told)} ({what}){advice}"


def _limit_field(usual: str, out: set[str]) -> str:
    return next((name for name in (usual, *LIMIT_FIELDS) if name not in out), usual)


def _messages(messages: Sequence[Message], *, merged: bool) -> list[Mapping[str, str]]:
    """Return the messages; `merged` puts the system prompt in front of the first question."""
    system = "\n\n".join(m.content for m in messages if m.role == "system") if merged else ""
    sent = [
        {"role": m.role, "content": m.content}
        for m in messages
        if not (system and m.role == "system")
    ]
    first = next((message for message in sent if message["role"] == "user"), None)
    if system and first is None:
        return [{"role": "user", "content": system}, *sent]
    if system and first:
        first["content"] = f"{system}\n\n{first['content']}"
    return list(sent)
