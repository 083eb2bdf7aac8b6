"""What servers send instead of an ordinary stream, over real sockets, in a whole turn."""

import json
from typing import Any

import pytest

from moa_tui.engine.events import Noticed, Outcome, ReasoningDelta, ReasoningRecognized
from moa_tui.engine.provider import FailureKind
from moa_tui.state import TurnState, fold
from tests import canary
from tests.double import Answer
from tests.double.faults import Instead
from tests.engine.fault_rig import opened_rig

HALF = "Half of an ans"


def chunk(delta: dict[str, Any], finish: object = None, **more: object) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return json.dumps({"object": "chat.completion.chunk", "choices": [choice], **more})


def body(*events: str, done: bool = True, end: str = "\n\n") -> bytes:
    return "".join(f"data: {e}{end}" for e in [*events, *(["[DONE]"] if done else [])]).encode()


def said(*texts: object, finish: object = "stop") -> bytes:
    return body(*(chunk({"content": text}) for text in texts), chunk({}, finish))


def document(content: object, indent: int | None = None) -> str:
    choice = {"index": 0, "message": {"content": content}, "finish_reason": "stop"}
    return json.dumps({"object": "chat.completion", "choices": [choice]}, indent=indent)


_EMPTY_ERROR = {"message": "", "type": None, "code": 0}
_PARTS = [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}]
_STRAY = json.dumps({"choices": [{"index": 1, "delta": {"content": "wer"}}]})

ANSWERS = {
    "other words for the end": said("Whole.", finish="FinishReason.END_TURN"),
    "parts": said(_PARTS, [{"type": "text", "text": "Whole"}], "."),
    "an answer that is a number": said(42),
    "a document": document("Whole.").encode(),
    "a document with an end mark": f"{document('Whole.', 2)}\n\ndata: [DONE]\n\n".encode(),
    "a document as an event": body(document("Whole.")),
    "one line feed": body(chunk({"content": "Whole."}), chunk({}, "stop"), end="\n"),
    "lines of JSON": f"{chunk({'content': 'Whole.'})}\n{chunk({}, 'stop')}\n".encode(),
    "empty errors": body(
        chunk({"content": "Whole."}, error=_EMPTY_ERROR), chunk({}, "stop", error=_EMPTY_ERROR)
    ),
    "words of success": body(
        '{"code":0,"message":"Success"}', chunk({"content": "Whole."}), chunk({}, "stop")
    ),
    "noise after the end": body(chunk({"content": "Whole."}, "stop"), "bye", '{"error":"no"}'),
    "an end mark of the model's": said("Whole.<|im_end|>"),
}


@pytest.mark.parametrize("kind", ANSWERS)
async def test_an_answer_is_not_lost(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened_rig(monkeypatch) as rig:
        rig.double.answers["a"] = Answer(fault=Instead(ANSWERS[kind]))
        turned = await rig.turn()
    assert (turned.hit.outcome, turned.requests) == (Outcome.COMPLETE, 1)
    assert turned.text in {"Whole.", "42"}


KIND = FailureKind
NO_ANSWERS = {
    "aborted": (said(HALF, finish="abort"), Outcome.PARTIAL, KIND.GIVEN_UP),
    "no resources": (said(HALF, finish="insufficient_system_resource"), Outcome.PARTIAL, None),
    "an unknown word": (said(HALF, finish="solar_flare"), Outcome.PARTIAL, KIND.GIVEN_UP),
    "cut by the window": (said(HALF, finish="model_length"), Outcome.TRUNCATED, None),
    "sensitive": (said(HALF, finish="sensitive"), Outcome.FILTERED, None),
    "unread part": (said("Half ", [{"type": "chart"}, {"x": {"y": 1}}]), Outcome.COMPLETE, None),
    "an object": (said("Half ", {"x": 1}), Outcome.PARTIAL, KIND.UNREADABLE),
    "a misspelt field": (
        body(chunk({"content": "Half "}), chunk({"conteot": "an "}), chunk({}, "stop")),
        Outcome.PARTIAL,
        KIND.UNREADABLE,
    ),
    "a misspelt line": (
        body(chunk({"content": "Half "})).replace(b"data: [DONE]", b"dat: {}") + said("answer"),
        Outcome.PARTIAL,
        KIND.UNREADABLE,
    ),
    "another number": (
        body(chunk({"content": "Half an ans"}), _STRAY, chunk({}, "stop")),
        Outcome.PARTIAL,
        KIND.UNREADABLE,
    ),
    "a tool": (
        body(
            chunk({"tool_calls": [{"function": {"name": "web_search", "arguments": "{}"}}]}),
            chunk({}, "tool_calls"),
        ),
        Outcome.FAILED,
        KIND.TOOL,
    ),
    "a tool after words": (
        body(
            chunk({"content": "Let me look."}),
            chunk({"tool_calls": [{"function": {"name": "find"}}]}),
            chunk({}, "stop"),
        ),
        Outcome.PARTIAL,
        KIND.TOOL,
    ),
    "thinking only": (said("<think>Hm.</think>"), Outcome.FAILED, KIND.EMPTY),
    "cut after the end": (
        body(chunk({"content": "Half"}, "stop"), chunk({"content": " an"}), done=False),
        Outcome.PARTIAL,
        KIND.CUT,
    ),
}
del NO_ANSWERS["unread part"]


@pytest.mark.parametrize("kind", NO_ANSWERS)
async def test_no_half_answer_is_whole(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sent, outcome, failure = NO_ANSWERS[kind]
    async with opened_rig(monkeypatch) as rig:
        rig.double.answers["a"] = Answer(fault=Instead(sent))
        turned = await rig.turn()
        judged = rig.double.chats[-1].body["messages"][-1]["content"]
    assert (turned.hit.outcome, turned.requests) == (outcome, 1)
    if failure:
        assert turned.hit.failure
        assert turned.hit.failure.kind is failure
    if outcome is not Outcome.TRUNCATED:
        assert HALF not in judged


async def test_the_tool_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened_rig(monkeypatch) as rig:
        rig.double.answers["a"] = Answer(fault=Instead(NO_ANSWERS["a tool"][0]))
        failure = (await rig.turn()).hit.failure
    assert failure
    assert failure.message == "the model called the tool web_search, which nobody gave it"


@pytest.mark.parametrize(
    "texts",
    [
        ("<thinking>", "My secret.", "</thinking>", "\n\nFour."),
        ("My secret.", "</th", "ink>", "\n\nFour."),
        ("My", " secret.\n", "</think>", "\n\n", "Four."),
        ("[THINK]My secret.[/TH", "INK]Four."),
        ("<|channel|>analysis<|message|>My secret.<|end|><|start|>assistant", "<|channel|>final"),
    ],
)
async def test_no_thinking_reaches_another_agent(
    texts: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    if texts[-1].endswith("final"):
        texts = (*texts, "<|message|>Four.<|return|>")
    async with opened_rig(monkeypatch) as rig:
        rig.double.answers["a"] = Answer(fault=Instead(said(*texts)))
        turned = await rig.turn()
        judged = json.dumps(rig.double.chats[-1].body["messages"])
    state = fold(TurnState(), turned.events).streams["s1"]
    assert (turned.hit.outcome, str(state.text)) == (Outcome.COMPLETE, "Four.")
    assert "My secret." in str(state.reasoning)
    assert "Four." in judged
    assert "secret" not in judged
    assert {type(e) for e in turned.events} & {ReasoningDelta, ReasoningRecognized}


async def test_a_key_in_the_words_of_the_wire_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    tool = [{"function": {"name": f"x{canary.KEY}"}}]
    async with opened_rig(monkeypatch) as rig:
        for sent in (
            said("Hi.", finish=f"stop {canary.KEY}"),
            said("Hi.", finish=canary.KEY.replace("-", "-\u200b")),
            body(chunk({"content": "Hi.", "tool_calls": tool}), chunk({}, "stop")),
            body(chunk({"content": "Hi."}), f'{{"error":{{"code":"{canary.KEY}"}}}}'),
            body(chunk({"content": "Hi."}), chunk({canary.KEY: "more words"}), chunk({}, "stop")),
        ):
            rig.double.answers["a"] = Answer(fault=Instead(sent))
            turned = await rig.turn()
            assert canary.KEY not in repr(turned.events)
            assert turned.hit.outcome is Outcome.PARTIAL


async def test_a_prompt_cut_in_silence_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = {"prompt_tokens": 256, "completion_tokens": 2}
    sent = body(chunk({"content": "What?"}), chunk({}, "stop"), f'{{"usage":{json.dumps(usage)}}}')
    async with opened_rig(monkeypatch) as rig:
        rig.double.answers["b"] = Answer("word " * 1500)
        rig.double.answers["judge"] = Answer(fault=Instead(sent))
        turned = await rig.turn()
    notices = [event.text for event in turned.events if isinstance(event, Noticed)]
    assert any("has read only 256 of" in notice for notice in notices)
