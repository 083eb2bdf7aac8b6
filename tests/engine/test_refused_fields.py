"""Providers that do not know a part of a request: asked once more without it, and that is said."""

from dataclasses import replace
from typing import Any

import pytest

from moa_tui.engine.openai_provider.client import OpenAIProvider
from moa_tui.engine.openai_provider.reasons import reason_in
from moa_tui.engine.openai_provider.refused_fields import OPTIONAL, SYSTEM, refused_fields
from moa_tui.engine.provider import AskedDifferentlyError, ChatRequest, Message, ProviderError
from moa_tui.roster.keys import ApiKey
from moa_tui.roster.model import Sampling
from tests.double import Answer, CerebrasDouble, errors
from tests.double.recorded import RecordedRequest
from tests.engine.wire_fixtures import KEY, MODEL, opened, provider_at

SENT = {*OPTIONAL, "max_tokens", SYSTEM, "model", "messages", "stream"}


def body(message: str, **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, **more}}


@pytest.mark.parametrize(
    ("refusal", "named"),
    [
        (
            {
                "detail": [
                    {"type": "extra_forbidden", "loc": ["body", "stream_options"], "msg": "Ex"}
                ]
            },
            {"stream_options"},
        ),
        (
            {
                "detail": [
                    {"type": "extra_forbidden", "loc": ["body", name], "msg": "Extra inputs"}
                    for name in ("seed", "top_p")
                ]
            },
            {"seed", "top_p"},
        ),
        (
            body(
                "Unsupported value: 'temperature' does not support 0.3 with this model. Only the"
                " default (1) value is supported.",
                param="temperature",
                code="unsupported_value",
            ),
            {"temperature"},
        ),
        (body("temperature must be 1 for this model"), {"temperature"}),
        (body("invalid temperature: only 1 is allowed for this model"), {"temperature"}),
        (
            body(
                "Unsupported parameter: 'max_tokens' is not supported with this model. Use"
                " 'max_completion_tokens' instead.",
                param="max_tokens",
                code="unsupported_parameter",
            ),
            {"max_tokens"},
        ),
        (body("body.seed: property 'body.seed' is unsupported"), {"seed"}),
        (body("Unknown field: reasoning_effort"), {"reasoning_effort"}),
        (body("`top_p` is deprecated for this model."), {"top_p"}),
        (body("property 'stop' is not supported by this model"), {"stop"}),
        (body('Invalid JSON payload received. Unknown name "seed": Cannot find field.'), {"seed"}),
        (body("This model does not support json_schema in response_format"), {"response_format"}),
        (body("System role not supported"), {SYSTEM}),
        (body("Developer instruction is not enabled for models/gemma-3-27b-it"), {SYSTEM}),
        (body("Only user and assistant roles are supported!"), {SYSTEM}),
        (body("Conversation roles must alternate user/assistant/user/assistant/..."), {SYSTEM}),
        (body("This model does not support system messages."), {SYSTEM}),
        (
            {
                "detail": [
                    {
                        "loc": ["body", "messages", 0, "role"],
                        "msg": "Input should be 'user' or 'assistant'",
                    }
                ]
            },
            {SYSTEM},
        ),
        (body("role must be one of system, user or assistant"), set()),
        # Nothing that asking again would help with.
        (body("temperature must be between 0 and 1", param="temperature"), set()),
        (body("max_tokens is too large: 5000. This model supports at most 4096"), set()),
        (
            body(
                "Unsupported value: 'reasoning_effort' does not support 'xhigh' with this model."
                " Supported values are: 'low', 'medium', and 'high'.",
                param="reasoning_effort",
            ),
            set(),
        ),
        (
            {
                "detail": [
                    {"type": "literal_error", "loc": ["body", "reasoning_effort"], "msg": "Input"}
                ]
            },
            set(),
        ),
        (body("The model `seed-1.6` does not exist", code="model_not_found"), set()),
        (body("Please stop sending unsupported files"), set()),
        (body("this model is not supported"), set()),
        (body("unknown field: top_k"), set()),
        (body("the system is not available"), set()),
        (body(""), set()),
        ("<html><title>temperature is not supported</title></html>", set()),
    ],
    ids=lambda value: "-".join(sorted(value)) if isinstance(value, set) else str(value)[:60],
)
def test_what_a_refusal_names(refusal: Any, named: set[str]) -> None:
    assert refused_fields(400, reason_in(refusal), SENT) == named
    assert refused_fields(422, reason_in(refusal), SENT) == named
    assert refused_fields(429, reason_in(refusal), SENT) == set()
    assert refused_fields(400, reason_in(refusal), SENT - named) == set()


class Strict(CerebrasDouble):
    """A server that does not know some fields; the first one it meets is what it names."""

    unknown: tuple[str, ...] = ()

    def respond(self, request: RecordedRequest) -> Any:
        asked = request.body or {}
        roles = [message["role"] for message in asked.get("messages", ())]
        parts = [*asked, *(["system"] if "system" in roles else [])]
        named = next((name for name in self.unknown if name in parts), None)
        words = f"Unsupported parameter: '{named}' is not supported with this model."
        if named == "system":
            words = "System role not supported"
        refused = Answer(failure=errors.plain(400, words))
        self.choose = (lambda _request: refused) if named else None
        return super().respond(request)


ALL = Sampling(
    temperature=0.3, top_p=0.5, max_tokens=50, reasoning_effort="low", seed=5, stop=("x",)
)
ASKED = ChatRequest(MODEL, (Message("system", "Be brief."), Message("user", "Why?")), ALL)


async def answered(client: Any, request: ChatRequest = ASKED) -> tuple[str, list[str]]:
    """Ask as a stream does: again, as long as something is asked differently."""
    told: list[str] = []
    for _ in range(12):
        try:
            return "".join([batch.text async for batch in client.stream(request)]), told
        except AskedDifferentlyError as error:
            told += [error.notice] if error.notice else []
    raise AssertionError(told)


@pytest.mark.parametrize("name", [*OPTIONAL[:-1], "system"])
async def test_a_part_that_is_not_known_is_left_out_from_then_on(name: str) -> None:
    async with Strict(default=Answer("Because."), dialect="openai") as double:
        double.unknown = (name,)
        async with opened(double.base_url, "openai") as client:
            text, told = await answered(client)
            again, silent = await answered(client)
        assert (text, again, silent) == ("Because.", "Because.", [])
        assert len(told) == 1
        assert f"omit: [{name}]" in told[0]
        assert "acme refused" in told[0]
        assert len(double.chats) == 3  # one more, once
        last = double.chats[-1].body
        assert name not in last
        if name == "system":
            assert last["messages"] == [{"role": "user", "content": "Be brief.\n\nWhy?"}]


async def test_the_token_limit_goes_by_its_other_name_and_never_without() -> None:
    async with Strict(default=Answer("Because."), dialect="openai") as double:
        double.unknown = ("max_completion_tokens",)
        async with opened(double.base_url, "openai") as client:
            text, told = await answered(client)
            assert text == "Because."
            assert "asked again with `max_tokens`" in told[0]
            assert double.chats[-1].body["max_tokens"] == 50
            double.unknown = ("max_completion_tokens", "max_tokens")
            with pytest.raises(ProviderError) as caught:
                await answered(client)
        assert not isinstance(caught.value, AskedDifferentlyError)


async def test_several_parts_one_after_another() -> None:
    async with Strict(default=Answer("Because."), dialect="openai") as double:
        double.unknown = ("stream_options", "temperature", "seed", "system")
        async with opened(double.base_url, "openai") as client:
            text, told = await answered(client)
        assert text == "Because."
        assert len(told) == len(double.chats) - 1 == 4


async def test_what_is_to_be_left_out_is_never_sent() -> None:
    sampling = replace(ALL, omit=("temperature", "system", "stream_options"))
    async with CerebrasDouble(default=Answer("Because."), dialect="openai") as double:
        async with opened(double.base_url, "openai") as client:
            await answered(client, replace(ASKED, sampling=sampling))
        sent = double.chats[0].body
        assert not {"temperature", "stream_options"} & set(sent)
        assert [message["role"] for message in sent["messages"]] == ["user"]
        assert sent["seed"] == 5


async def test_further_fields_go_along() -> None:
    extra = {"chat_template_kwargs": {"enable_thinking": False}, "top_k": 5}
    async with CerebrasDouble(default=Answer("Because."), dialect="openai") as double:
        async with opened(double.base_url, "openai") as client:
            await answered(client, replace(ASKED, sampling=replace(ALL, extra_body=extra)))
        sent = double.chats[0].body
        assert {name: sent[name] for name in extra} == extra


async def test_further_headers_go_along_and_take_no_others_place() -> None:
    async with CerebrasDouble(default=Answer("Because."), dialect="openai") as double:
        further = {"X-Title": "mine", "Authorization": "Bearer other", "Host": "elsewhere"}
        provider = replace(provider_at(double.base_url, "openai"), headers=further)
        client = OpenAIProvider(provider, double.base_url, ApiKey(KEY))
        try:
            await answered(client)
        finally:
            await client.aclose()
        sent = double.chats[0].headers
        assert sent["x-title"] == "mine"
        assert sent["authorization"] == f"Bearer {KEY}"
        assert sent["host"] == f"127.0.0.1:{double.port}"
