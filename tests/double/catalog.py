"""The two lists of models.

Source: recorded GET /v1/models (2026-07-30; `created` is 0 for all) and the public catalogue at
the root of the host, which needs no key and states prices in dollars a token, as texts.
"""

from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]
MODELS = ("gpt-oss-120b", "qwen-3.8-27b")

_PRICES = {
    "gpt-oss-120b": ("0.00000035", "0.00000075"),
    "qwen-3.8-27b": ("0.00000099", "0.00000149"),
}
_OUTPUT = {"gpt-oss-120b": 40960, "qwen-3.8-27b": 32768}
_CAPABILITIES = (
    "streaming function_calling structured_outputs vision json_mode tools tool_choice "
    "parallel_tool_calls response_format reasoning"
)
_PARAMETERS = (
    "temperature top_p seed stop max_completion_tokens logprobs top_logprobs frequency_penalty "
    "presence_penalty logit_bias repetition_penalty"
)
_UNABLE = {"gpt-oss-120b": {"vision", "parallel_tool_calls", "logprobs", "top_logprobs"}}


def model_list(models: Iterable[str]) -> Json:
    """GET /v1/models."""
    return {"object": "list", "data": [_entry(model) for model in models]}


def public_list(models: Iterable[str]) -> Json:
    """GET /public/v1/models."""
    return {"object": "list", "data": [public_entry(model) for model in models]}


def public_entry(model: str) -> Json:
    """GET /public/v1/models/{id}; the limits are those of paid tiers."""
    prompt, completion = _PRICES.get(model, ("0.00000010", "0.00000010"))
    unable = _UNABLE.get(model, set())
    return {
        **_entry(model),
        "name": model,
        "description": "",
        "hugging_face_id": "",
        "pricing": {"prompt": prompt, "completion": completion},
        "capabilities": {name: name not in unable for name in _CAPABILITIES.split()},
        "supported_parameters": {name: name not in unable for name in _PARAMETERS.split()},
        "architecture": {"modality": "text", "tokenizer": "", "instruct_type": ""},
        "limits": {
            "max_context_length": 131072,
            "max_completion_tokens": _OUTPUT.get(model, 32768),
            "requests_per_minute": None,
            "tokens_per_minute": None,
        },
        "datacenter_locations": [],
        "deprecated": False,
        "preview": False,
        "quantization": "",
    }


def _entry(model: str) -> Json:
    return {"id": model, "object": "model", "created": 0, "owned_by": "Cerebras"}
