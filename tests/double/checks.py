"""What Cerebras refuses before it runs a request.

Source: Cerebras' OpenAPI document of 2026-07-24 (additionalProperties is false throughout) and
responses quoted in public threads.
"""

from typing import Any

from tests.double.dialects import Dialect
from tests.double.errors import (
    NOT_AUTHENTICATED,
    WRONG_KEY,
    Failure,
    unsupported,
    wrong_api_format,
)
from tests.double.recorded import RecordedRequest

_FIELDS = """
clear_thinking disable_reasoning frequency_penalty logit_bias logprobs max_completion_tokens
max_tokens messages min_completion_tokens min_tokens model model_parameters n
parallel_tool_calls prediction presence_penalty prompt_cache_key reasoning_effort
reasoning_format response_format seed service_tier stop stream stream_options temperature
tool_choice tools top_logprobs top_p user
"""
_BODY = frozenset(_FIELDS.split())
_MESSAGE = {
    "system": frozenset({"role", "content", "name"}),
    "developer": frozenset({"role", "content", "name"}),
    "user": frozenset({"role", "content", "name"}),
    "assistant": frozenset({"role", "content", "name", "reasoning", "tool_calls"}),
    "tool": frozenset({"role", "content", "name", "tool_call_id"}),
}


def check_key(request: RecordedRequest, key: str, dialect: Dialect) -> Failure | None:
    """No header is 403 at Cerebras, a wrong key 401; others say 401 to both."""
    given = request.headers.get("authorization")
    if not dialect.needs_key or given == f"Bearer {key}":
        return None
    if given is None and dialect.name == "cerebras":
        return NOT_AUTHENTICATED
    return WRONG_KEY


def check_format(request: RecordedRequest, dialect: Dialect) -> Failure | None:
    """The closed request object; other providers ignore what they do not know."""
    body = request.body
    if not isinstance(body, dict) or not isinstance(body.get("messages"), list):
        return wrong_api_format("body: a JSON object with messages is required")
    if dialect.name != "cerebras":
        return None
    problems = _problems(body)
    return wrong_api_format(*problems) if problems else None


def _problems(body: dict[str, Any]) -> list[str]:
    problems = [unsupported(f"body.{name}") for name in body if name not in _BODY]
    extra = body.get("stream_options") or {}
    problems += [
        unsupported(f"body.stream_options.{name}") for name in extra if name != "include_usage"
    ]
    for index, message in enumerate(body["messages"]):
        role = message.get("role")
        known = _MESSAGE.get(role, frozenset({"role"}))
        problems += [
            unsupported(f"messages.{index}.{role}.{name}") for name in message if name not in known
        ]
    return problems
