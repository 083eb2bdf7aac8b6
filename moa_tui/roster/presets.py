"""Presets of the providers: addresses, key variables, and how each endpoint differs.

What they put into a stream (usage, timing, reasoning) is told apart in `engine.wire`, which reads
every known shape from any of them; here is only what must be asked for differently.
"""

from moa_tui.roster.model import Dialect, Provider, RateLimits

EMBEDDED = "local"
"""Name of the provider that is the embedded model."""

EMBEDDED_REFERENCE_TOKENS = 120
"""The embedded model reads a prompt slowly (about 100 tokens a second on one core)."""

CEREBRAS_FREE = RateLimits(requests_per_minute=5, tokens_per_minute=30_000, assumed=True)
"""Cerebras' free tier (inference-docs.cerebras.ai, 2026-07-18); assumed until a response tells."""

CEREBRAS_WINDOWS = {"gpt-oss-120b": 65_536, "qwen-3.8-27b": 65_536}
"""Of the free tier, the smaller one (the models' pages, October 2026); 131,072 is paid for."""

EMBEDDED_WINDOW = 4096
"""Tokens of one slot of the embedded model's server (moa_tui.local.server)."""

_LLAMA_CPP = Dialect(extra_body={"return_progress": True})

PROVIDERS: dict[str, Provider] = {
    provider.name: provider
    for provider in (
        Provider(
            "cerebras",
            "https://api.cerebras.ai/v1",
            "CEREBRAS_API_KEY",
            # Usage and times come unasked; unknown request fields are refused with a 400.
            Dialect(
                include_usage=False,
                limit_field="max_completion_tokens",
                extra_body={"reasoning_format": "parsed"},
            ),
            limits=CEREBRAS_FREE,
            context_windows=CEREBRAS_WINDOWS,
        ),
        Provider(
            "openai",
            "https://api.openai.com/v1",
            "OPENAI_API_KEY",
            Dialect(limit_field="max_completion_tokens"),
        ),
        Provider(
            "groq",
            "https://api.groq.com/openai/v1",
            "GROQ_API_KEY",
            Dialect(limit_field="max_completion_tokens"),
        ),
        Provider("sambanova", "https://api.sambanova.ai/v1", "SAMBANOVA_API_KEY"),
        Provider("together", "https://api.together.ai/v1", "TOGETHER_API_KEY"),
        Provider(
            "fireworks",
            "https://api.fireworks.ai/inference/v1",
            "FIREWORKS_API_KEY",
            Dialect(extra_body={"perf_metrics_in_response": True}),
        ),
        Provider("openrouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
        Provider(
            "ollama",
            "http://127.0.0.1:11434/v1",
            "OLLAMA_API_KEY",
            key_required=False,
        ),
        Provider("vllm", "http://127.0.0.1:8000/v1", "VLLM_API_KEY", key_required=False),
        Provider(
            "llama.cpp",
            "http://127.0.0.1:8080/v1",
            "LLAMA_API_KEY",
            _LLAMA_CPP,
            key_required=False,
        ),
        Provider(
            "lmstudio",
            "http://127.0.0.1:1234/v1",
            "LM_API_TOKEN",
            key_required=False,
        ),
        Provider(
            EMBEDDED,
            "",
            None,
            _LLAMA_CPP,
            key_required=False,
            embedded=True,
            reference_tokens=EMBEDDED_REFERENCE_TOKENS,
            context_window=EMBEDDED_WINDOW,
        ),
    )
}
