"""The app as a person uses it: ask, watch, stop, ask again. The provider is the double."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial

import pytest

from moa_tui import paths
from moa_tui.transcript.export import as_markdown
from moa_tui.transcript.history import conversation_so_far, list_turns, load_turn
from moa_tui.ui.widgets.pane import Pane
from moa_tui.ui.widgets.prompt_box import PromptBox
from tests.double import Answer, CerebrasDouble, errors
from tests.double.faults import Cut
from tests.ui.conftest import ROSTER, Screen

Open = Callable[..., AbstractAsyncContextManager[Screen]]


def script(double: CerebrasDouble, **answers: Answer) -> None:
    """Have model-a … answer as told, and the others with their own name."""
    for letter in "abcz":
        double.answers[f"model-{letter}"] = answers.get(letter, Answer(f"text of {letter}"))


def holds(pane: Pane, text: str) -> bool:
    """Return whether the text of `pane` is `text`, to the character."""
    return pane.stream is not None and str(pane.stream.text) == text


async def test_every_agent_answers_in_its_pane_and_the_aggregator_last(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double, z=Answer("# The answer\n\nall of it", completion_tokens=77))
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("text of a", "text of b", "text of c", "The answer", "✓ complete")
        await screen.shows("3 of 3 agents")
        await screen.shows("77 tok")
        await screen.hides("# The answer")  # the finished answer is Markdown
    assert [request.model for request in double.chats][-1] == "model-z"
    assert "text of b" in double.chats[-1].body["messages"][-1]["content"]


async def test_finished_text_is_rendered_in_every_pane(
    open_app: Open, double: CerebrasDouble
) -> None:
    text = "| a | b |\n|---|---|\n| c | d |\n\n```py\nx = 1\n```"
    script(double, **{name: Answer(text) for name in "abcz"})
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("✓ complete")
        await screen.wait(lambda: screen.text().count("c │ d") == 4, "drew four tables")
        await screen.hides("```")
        screen.app.main.stage.focus_pane("answer")
        await screen.pilot.press("m")
        await screen.shows("```py", "| c | d |")


async def test_agents_stream_at_the_same_time(open_app: Open, double: CerebrasDouble) -> None:
    gate = asyncio.Event()
    held = {x: Answer(f"begin {x}" + " more" * 50, gate=gate, gate_at=4) for x in "abc"}
    script(double, **held)
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("begin a", "begin b", "begin c")
        assert double.peak == 3
        await screen.shows("waiting for the agents: 0 of 3 done")
        gate.set()
        await screen.shows("text of z", "✓ complete")


async def test_one_failing_agent_is_a_card_and_the_others_go_on(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double, b=Answer(failure=errors.WRONG_KEY))
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("refused the key", "check DOUBLE_API_KEY", "text of z", "degraded")
        await screen.shows("2 of 3 agents")
    assert "refused" not in str(double.chats[-1].body), "an error is no reference"


async def test_escape_stops_and_keeps_what_came(open_app: Open, double: CerebrasDouble) -> None:
    gate = asyncio.Event()
    script(double, **{x: Answer(f"begin {x}" + " more" * 50, gate=gate, gate_at=4) for x in "abc"})
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("begin a", "begin c")
        await screen.pilot.press("escape")
        await screen.shows("■ stopped", "stopped before the answer was begun")
        await screen.shows("begin a")
    assert [turn.outcome for turn in list_turns(paths.history_file())] == ["stopped"]
    assert all(request.closed_early for request in double.chats)


async def test_one_agent_is_stopped_and_the_others_go_on(
    open_app: Open, double: CerebrasDouble
) -> None:
    gate = asyncio.Event()
    script(double, b=Answer("begin b" + " more" * 50, gate=gate, gate_at=4))
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("begin b", "text of a", "text of c")
        screen.app.main.stage.focus_pane("agent-2")
        await screen.pilot.press("r")
        await screen.wait(screen.told("does not wait"), "said that there is nothing to hurry")
        await screen.pilot.press("x")
        await screen.shows("text of z", "stopped", "degraded")
    assert "begin b" not in double.chats[-1].body["messages"][-1]["content"]


async def test_a_question_sent_meanwhile_waits_its_turn(
    open_app: Open, double: CerebrasDouble
) -> None:
    gate = asyncio.Event()
    script(double, a=Answer("slow" + " more" * 50, gate=gate, gate_at=4))
    async with open_app() as screen:
        await screen.ask("first?")
        await screen.shows("slow")
        await screen.ask("second?")
        await screen.shows("1 question waiting")
        gate.set()
        await screen.wait(lambda: len(double.chats) == 8, "asked the second question")
        await screen.shows("✓ complete")
    questions = [turn.question for turn in list_turns(paths.history_file())]
    assert sorted(questions) == ["first?", "second?"]


async def test_a_question_that_waits_goes_back_to_the_prompt_when_the_turn_is_stopped(
    open_app: Open, double: CerebrasDouble
) -> None:
    gate = asyncio.Event()
    script(double, a=Answer("slow" + " more" * 50, gate=gate, gate_at=4))
    async with open_app() as screen:
        for typed, back in (("", "second?"), ("third", "third")):
            await screen.ask("first?")
            await screen.shows("slow")
            await screen.ask("second?")
            await screen.shows("1 question waiting")
            await screen.pilot.press(*typed, "escape")
            await screen.shows("■ stopped")
            assert screen.app.main.prompt.text == back
            screen.app.main.prompt.load_text("")
        assert screen.told("↑ brings it back")()
        await screen.pilot.press("up")
        assert screen.app.main.prompt.text == "second?"


async def test_a_follow_up_carries_questions_and_final_answers_only(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double, z=Answer("the final one"))
    async with open_app() as screen:
        await screen.ask("first?")
        await screen.shows("✓ complete")
        await screen.ask("and then?")
        await screen.wait(lambda: len(double.chats) == 8, "asked again")
        await screen.shows("✓ complete")
    follow_up = next(r for r in double.chats[4:] if r.model == "model-b").body["messages"]
    assert [(m["role"], m["content"]) for m in follow_up] == [
        ("user", "first?"),
        ("assistant", "the final one"),
        ("user", "and then?"),
    ]


async def test_a_cut_answer_is_carried_copied_and_kept_as_such(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double, z=Answer("the first half", finish_reason="length"))
    why = "cut off at the token limit"
    async with open_app() as screen:
        await screen.ask("first?")
        await screen.shows("✂ degraded", "the answer: truncated")
        await screen.pilot.press("ctrl+y")
        await screen.wait(screen.told(f"not whole: {why}"), "said so of the copy")
        await screen.ask("and then?")
        await screen.wait(lambda: len(double.chats) == 8, "asked again")
        await screen.shows("✂ degraded")
        await screen.pilot.press("f8")
        await screen.shows(f"This answer is not whole: {why}.")
    for carried in (r.body["messages"][-2] for r in double.chats[4:7]):
        assert carried["content"] == f"the first half\n\n[This answer is not whole: {why}.]"
    history = paths.history_file()
    kept = load_turn(history, "last")
    past = conversation_so_far(history, kept["conversation"], kept["started_at"])
    assert [exchange.outcome for exchange in past] == ["truncated"], "also when it is gone on with"


async def test_a_new_conversation_forgets(open_app: Open, double: CerebrasDouble) -> None:
    script(double)
    async with open_app() as screen:
        await screen.ask("first?")
        await screen.shows("✓ complete")
        await screen.pilot.press("ctrl+n")
        await screen.ask("second?")
        await screen.wait(lambda: len(double.chats) == 8, "asked again")
    assert len(double.chats[5].body["messages"]) <= 2


async def test_a_lone_survivor_is_shown_as_the_answer(
    open_app: Open, double: CerebrasDouble
) -> None:
    broken = Answer(failure=errors.MODEL_NOT_FOUND)
    script(double, a=broken, c=broken, b=Answer("only bob answered this"))
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("degraded", "model 'model-a'", "see what it serves")
        answer = screen.app.main.stage.answer
        await screen.wait(lambda: answer.stream and answer.stream.agent == "bob", "showed bob's")
        await screen.shows("1 of 3 agents · 2 unknown model · bob's answer, not a synthesis")
    assert len(double.chats) == 3


async def test_where_nobody_puts_them_together_the_best_answer_is_shown_as_what_it_is(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double, z=Answer(failure=errors.WRONG_KEY))
    words = "3 of 3 agents · zoe: wrong key · ada's answer, not a synthesis"
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("✂ degraded", words)
        answer = screen.app.main.stage.answer
        await screen.wait(lambda: holds(answer, "text of a"), "showed ada's")
    assert load_turn(paths.history_file(), "last")["participation"] == words


async def test_how_each_stream_ended_is_told_in_the_same_words_everywhere(
    open_app: Open, double: CerebrasDouble
) -> None:
    endings = {
        "complete": Answer("whole"),
        "truncated": Answer("begun", finish_reason="length"),
        "filtered": Answer("begun", finish_reason="content_filter"),
        "partial": Answer("begun " * 20, fault=Cut(3)),
        "failed": Answer(failure=errors.PAYMENT_REQUIRED),
    }
    double.answers.update(endings)
    agents = "\n".join(f"  - {{{{name: {name[:3]}, model: {name}}}}}" for name in endings)
    head, tail = ROSTER.split("agents:", 1)
    roster = f"{head}agents:\n{agents}\naggregator:{tail.split('aggregator:', 1)[1]}"
    async with open_app(roster.partition("presets:")[0]) as screen:
        await screen.ask("why?")
        await screen.shows("✂ degraded", *(f"─ {name} · " for name in endings))
        await screen.shows(counts := "2 of 5 agents · 1 filtered · 1 partial · 1 payment")
    record = load_turn(paths.history_file(), "last")
    assert [stream["outcome"] for stream in record["streams"]][:5] == list(endings)
    assert record["participation"] == f"{counts} · 1 truncated"
    document = as_markdown(record)
    assert all(f": {name}, " in document for name in endings)
    assert f"*{counts} · 1 truncated*" in document
    assert "> partial: connection: " in document


async def test_nobody_answers(open_app: Open, double: CerebrasDouble) -> None:
    script(double, **dict.fromkeys("abc", Answer(failure=errors.PAYMENT_REQUIRED)))
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("! failed", "no agent gave an answer", "wants to be paid")


async def test_without_a_key_the_app_opens_and_says_what_can_be_done(
    open_app: Open, double: CerebrasDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DOUBLE_API_KEY")
    async with open_app() as screen:
        await screen.shows("DOUBLE_API_KEY is not set", "moa-tui auth double", "Alt+K")
        await screen.ask("why?")
        await screen.shows("! failed", "DOUBLE_API_KEY")
    assert not double.requests, "nothing is sent without a key"


async def test_text_from_outside_is_never_markup(open_app: Open, double: CerebrasDouble) -> None:
    hostile = "[/] [red]x[/red] [@click=app.quit]go[/] \x1b]52;c;UFdO\x07 [b"
    script(double, a=Answer(hostile), z=Answer(hostile))
    roster = (
        "version: 1\nproviders:\n  double: {{base_url: '{url}', api_key_env: DOUBLE_API_KEY}}\n"
        "defaults: {{provider: double}}\nagents: [{{name: '[/x] [b', model: model-a}},"
        " {{name: '[@click=app.quit]b', model: model-b}}]\n"
        "aggregator: {{name: '[red', model: model-z}}"
    )
    async with open_app(roster) as screen:
        await screen.ask("[/] [why")
        await screen.shows("[@click=app.quit]go[/]", "✓ complete", "[/x] [b", "[@click=app.quit]b")
        assert "\x1b" not in screen.text()


async def test_a_single_agent_has_the_stage(open_app: Open, double: CerebrasDouble) -> None:
    script(double, a=Answer("just me"))
    async with open_app(preset="alone") as screen:
        await screen.ask("why?")
        await screen.shows("just me", "✓ complete", "1 of 1 agent")
        await screen.panes("agent-1")
    assert len(double.chats) == 1


async def test_the_question_of_the_command_line_is_asked_at_once(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double)
    async with open_app(question="from the shell?") as screen:
        await screen.shows("✓ complete")
    turns = list_turns(paths.history_file())
    assert [turn.question for turn in turns] == ["from the shell?"]
    assert load_turn(paths.history_file(), "last")["answer"] == "text of z"


async def test_thinking_is_shown_until_there_is_text(
    open_app: Open, double: CerebrasDouble
) -> None:
    gate = asyncio.Event()
    thinking = Answer(
        "the text", "a long thought " * 3, gate=gate, gate_at=6, tokens_per_event=(1, 1)
    )
    script(double, a=thinking)
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("a long thought")
        gate.set()
        await screen.shows("the text", "✓ complete")
        await screen.hides("a long thought")
        screen.app.main.stage.focus_pane("agent-1")
        await screen.pilot.press("t")
        await screen.shows("a long thought", "the text")


async def test_the_prompt_sends_on_enter_only(open_app: Open, double: CerebrasDouble) -> None:
    script(double)
    async with open_app() as screen:
        prompt = screen.app.main.query_one(PromptBox)
        await screen.pilot.press("a", "ctrl+j", "b")
        await screen.wait(lambda: prompt.text == "a\nb", "typed it")
        await screen.wait(lambda: prompt.size.height == 2, "grew by a row")
        await screen.pilot.press("enter")
        await screen.shows("✓ complete")
        await screen.wait(lambda: prompt.text == "", "typed it")
        await screen.pilot.press("up")
        await screen.wait(lambda: prompt.text == "a\nb", "earlier questions come back")
    assert list_turns(paths.history_file())[0].question == "a\nb"


async def test_panes_hold_exactly_what_was_sent(open_app: Open, double: CerebrasDouble) -> None:
    text = "Zażółć gęślą jaźń 你好 👩‍🚀 " * 40 + "\n```py\nx = [1]\n```"
    script(double, a=Answer(text, seed=3), z=Answer(text, seed=5))
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("✓ complete")
        for pane in (p for p in screen.app.query(Pane) if p.id in {"agent-1", "answer"}):
            await screen.wait(partial(holds, pane, text), "held it whole")
    record = load_turn(paths.history_file(), "last")
    assert record["answer"] == text
    assert record["streams"][0]["text"] == text


async def test_a_history_that_cannot_be_written_is_told_once_and_the_app_goes_on(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double)
    paths.history_file().mkdir(parents=True)
    async with open_app() as screen:
        for question in ("first?", "second?"):
            await screen.ask(question)
            await screen.shows("✓ complete")
            if question == "first?":
                await screen.wait(screen.told("history cannot"), "told what is wrong")
        await screen.wait(lambda: len(double.chats) == 8, "asked the second question")


async def test_a_text_that_is_too_much_for_markdown_stays_as_written_and_says_so(
    open_app: Open, double: CerebrasDouble
) -> None:
    # Short ones: what goes on past max_tokens is ended.
    script(double, a=Answer("- i\n" * 6_000, tokens_per_event=(900, 1_000)))
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("as written: too many", "✓ complete")
        assert not screen.app.main.stage.agents.panes[0].text.rendered
