"""An answer as the bytes of a provider's events.

Source: recorded gpt-oss-120b streams (April to August 2026) and Cerebras' OpenAPI document of
2026-07-24; the other dialects as `dialects.py` says. Cerebras leaves unused keys out, sends the
role alone first, and puts usage and time_info on the chunk that has the finish_reason.
"""

import json
from dataclasses import dataclass
from typing import Any

from tests.double.answers import Answer, tokens
from tests.double.dialects import Dialect, Tally, closing_fields, usage_object
from tests.double.script import Send

Json = dict[str, Any]
DONE = b"data: [DONE]\n\n"
_QUEUE_TIME = 0.003879934
_FINGERPRINT = "fp_4c26d27ac5dbffe28c72"


def encoded(value: object) -> bytes:
    """Compact JSON with raw UTF-8; a lone surrogate, which has no UTF-8, stays an escape."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")


def event(value: object) -> bytes:
    """One server-sent event."""
    return b"data: " + encoded(value) + b"\n\n"


@dataclass(frozen=True, slots=True)
class Call:
    """What a response repeats of its request."""

    id: str
    model: str
    created: int
    prompt_tokens: int
    asks_usage: bool = False  # stream_options.include_usage
    asks_perf: bool = False  # Fireworks: perf_metrics_in_response


@dataclass(frozen=True, slots=True)
class Wire:
    """Writes one answer to one call in one dialect."""

    answer: Answer
    call: Call
    dialect: Dialect

    def events(self) -> list[Send]:
        """The whole stream, from the first chunk to `[DONE]`."""
        opening = [Send(comment, "noise") for comment in self.dialect.comments]
        role = self._chunk([self._choice(self.dialect.role)], **self._groq())
        deltas = [
            *({self.dialect.reasoning: piece} for piece in self.answer.reasoning_deltas()),
            *({"content": piece} for piece in self.answer.text_deltas()),
        ]
        body = [
            role,
            *(self._chunk([self._choice({**delta, **self.dialect.delta})]) for delta in deltas),
        ]
        closing = [event(chunk) for chunk in self._closing()]
        return [
            *opening,
            *(Send(event(chunk)) for chunk in body),
            *(Send(data, "closing") for data in [*closing, DONE]),
        ]

    def document(self) -> Json:
        """The answer to a request that did not ask for a stream."""
        message: Json = {"content": self.answer.text, "role": "assistant"}
        if self.answer.reasoning:
            message[self.dialect.reasoning] = self.answer.reasoning
        choice = {"finish_reason": self._finish_reason(), "index": 0, "message": message}
        document = self._chunk([choice], **self._usage(), **self._times())
        return {**document, "object": "chat.completion"}

    def tally(self) -> Tally:
        """What the answer costs and how long it took, as its server reports it."""
        reasoning = len(tokens(self.answer.reasoning))
        counted = reasoning + len(tokens(self.answer.text))
        completion = self.answer.completion_tokens
        completion = counted if completion is None else completion
        prompt = self.answer.prompt_tokens
        prompt = self.call.prompt_tokens if prompt is None else prompt
        wait = _QUEUE_TIME + self.answer.ttft
        return Tally(prompt, completion, reasoning, completion / self.answer.speed, wait)

    def _closing(self) -> list[Json]:
        finish = self._choice(self.dialect.delta, self._finish_reason())
        if self.dialect.usage == "finish":
            return [self._chunk([finish], **self._usage(), **self._times())]
        extra = self.dialect.usage == "always" or self.call.asks_usage
        if not extra or not self.answer.usage:
            return [self._chunk([finish], **self._times(), **self._groq(last=True))]
        return [
            self._chunk([finish], **self._groq(last=True)),
            self._chunk([], **self._usage(), **self._times()),
        ]

    def _chunk(self, choices: list[Json], **more: object) -> Json:
        return {
            "id": self.call.id,
            "choices": choices,
            "created": self.call.created,
            "model": self.call.model,
            "system_fingerprint": _FINGERPRINT,
            "object": "chat.completion.chunk",
            **more,
        }

    def _choice(self, delta: Json, finish: str | None = None) -> Json:
        reason = {} if finish is None else {"finish_reason": finish}
        return {"delta": delta, **self.dialect.choice, **reason, "index": 0}

    def _finish_reason(self) -> str | None:
        reason = self.answer.finish_reason
        return self.dialect.stop if reason == "stop" else reason

    def _usage(self) -> Json:
        if not self.answer.usage:
            return {}
        return {"usage": usage_object(self.dialect.name, self.tally())}

    def _times(self) -> Json:
        if self.dialect.name == "fireworks" and not self.call.asks_perf:
            return {}
        return closing_fields(self.dialect.name, self.tally()) if self.answer.usage else {}

    def _groq(self, *, last: bool = False) -> Json:
        # Groq's own envelope: an id on the first chunk, id and usage on the last.
        if self.dialect.name != "groq":
            return {}
        usage = self._usage() if last else {}
        return {"x_groq": {"id": f"req_{self.call.id}", **usage}}
