"""What the words mean with which providers end an answer.

The vocabulary is open, the default is closed: only a word that is known to mean the end of a whole
answer makes one. Sources: the API references of OpenAI, Anthropic, Gemini and Vertex, Bedrock,
Cohere, Mistral, DeepSeek, Zhipu, Qwen, Baidu, Tencent, xAI, watsonx, OpenRouter; vLLM, SGLang, TGI,
TensorRT-LLM, llama.cpp and Ollama.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from moa_tui.engine.wire.words import shown
from moa_tui.text import clean_line


class Ending(StrEnum):
    """What a finish reason says of the answer before it."""

    COMPLETE = "complete"
    TRUNCATED = "truncated"
    FILTERED = "filtered"
    TOOL = "tool"
    """The model wants a tool called, and would go on after that."""
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Meaning:
    """`why` says in plain words what ended a partial answer; `gave_up`: the provider did.

    Where a provider gave up before anything came, asking again may help.
    """

    ending: Ending
    why: str = ""
    gave_up: bool = False
    known: bool = True


_COMPLETE = Meaning(Ending.COMPLETE)
_TRUNCATED = Meaning(Ending.TRUNCATED)
_FILTERED = Meaning(Ending.FILTERED)
_TOOL = Meaning(Ending.TOOL)


def _gave_up(why: str) -> Meaning:
    return Meaning(Ending.PARTIAL, why, gave_up=True)


def _broke(why: str) -> Meaning:
    return Meaning(Ending.PARTIAL, why)


_WORDS: dict[Meaning, str] = {
    _COMPLETE: """
        stop eos eos_token eos_token_id eos_found stop_token stop_token_id stop_word stop_words
        stop_str stop_string stop_sequence stop_sequences stop_sequence_reached stop_criteria_met
        stopped_eos stopped_word word end_turn end_of_turn end_id end_of_text end_of_sequence
        endoftext end complete completed finish finished done normal natural success
    """,
    _TRUNCATED: """
        length max_length max_len maximum_length length_limit length_capped max_tokens max_token
        maximum_tokens max_new_tokens max_output_tokens max_completion_tokens max_output
        token_limit token_limit_reached max_tokens_reached limit stopped_limit truncated
        model_length max_model_len max_context context context_length context_limit
        context_length_exceeded context_window_exceeded model_context_window_exceeded
        exceeded_context_window error_limit
    """,
    _FILTERED: """
        content_filter content_filtered content_filtering filter filtered moderation moderated
        safety image_safety recitation image_recitation blocklist blocked prohibited_content
        image_prohibited_content spii sensitive sensitive_content content_policy
        content_policy_violation policy_violation guardrail guardrails guardrail_intervened
        model_armor jailbreak refusal refused error_toxic toxic
        data_inspection_failed risk
    """,
    _TOOL: """
        tool_calls tool_call tool_use tool function_call function_calls tools pause_turn
        tool_plan unexpected_tool_call too_many_tool_calls
    """,
    _broke("it was cancelled"): "cancel cancelled canceled cancellation user_cancel user_cancelled",
    _gave_up("the provider aborted it"): "abort aborted aborting stopped_abort interrupted "
    "interrupt preempted disconnected disconnect client_disconnect kill killed terminated",
    _gave_up("the provider had no capacity left for it"): "insufficient_system_resource "
    "insufficient_system_resources insufficient_resources insufficient_resource overloaded "
    "overload server_overloaded engine_overloaded capacity out_of_memory oom resource_exhausted "
    "rate_limit rate_limited rate_limit_exceeded busy unavailable service_unavailable",
    _gave_up("the provider's time for it ran out"): "timeout timed_out time_limit "
    "time_limit_exceeded deadline deadline_exceeded max_time",
    _gave_up("the provider gave up"): "error errored fail failed failure server_error exception "
    "internal internal_error internal_server_error engine_error model_error inference_error "
    "upstream_error provider_error api_error invalid",
    _gave_up("the provider's connection to the model broke"): "network_error network "
    "connection_error stream_error",
    _broke("the provider stopped it for a reason that it does not tell"): "other unknown load "
    "unload no_image image_other incomplete language",
    _broke("the model repeated itself and was stopped"): "repetition repetitive "
    "repetition_detected repeat",
    _broke("the model wrote something that its provider could not read"): "malformed_function_call "
    "malformed_tool_call malformed_tool_use malformed_model_output malformed_response "
    "missing_thought_signature",
}
_KNOWN = {word: meaning for meaning, words in _WORDS.items() for word in words.split()}
_NOTHING = {"", "null", "none", "nil", "undefined", "unspecified", "not_finished", "unfinished"}
_NOTHING |= {"in_progress", "false"}
"""What some servers send with every chunk: the answer goes on."""

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BETWEEN = re.compile(r"[\s._/-]+")
_PREFIX = re.compile(
    r"(?:generation_|candidate_|choice_|chat_|completion_|response_)*"
    r"(?:(?:finish|stop|done|end)_?(?:reason|type)|reason|status)_"
)
_LONGEST = 200


@lru_cache(maxsize=256)
def meaning_of(word: str | None) -> Meaning | None:
    """Return what a finish reason means; None where it says that nothing has ended.

    Case, separators and the prefixes of enumerations make no difference; of `TYPE: detail` the
    type counts, unless the detail is a word for something worse.
    """
    plain = _plain(word or "")
    if plain in _NOTHING:
        return None
    if plain in _KNOWN:
        return _KNOWN[plain]
    head, _, detail = (word or "")[:_LONGEST].strip("<> ").partition(":")
    meaning = _KNOWN.get(_plain(head))
    worse = _KNOWN.get(_plain(detail))
    if meaning is _COMPLETE and worse:
        return worse
    return meaning or _unknown(word or "")


def _plain(word: str) -> str:
    spaced = _CAMEL.sub("_", clean_line(word, _LONGEST).strip(" \"'<>()[]"))
    plain = _BETWEEN.sub("_", spaced.lower()).strip("_")
    plain = plain if plain in _KNOWN else _PREFIX.sub("", plain, count=1)
    return "error" if plain.endswith(("_error", "_exception", "_failure")) else plain


def _unknown(word: str) -> Meaning:
    said = f"the provider ended it with '{shown(word, 60)}'"
    why = f"{said}, which is no known word for a whole answer"
    return Meaning(Ending.PARTIAL, why, known=False)
