"""Hostile texts in six panes, and any keys at any time: the app never falls over.

`MOA_TUI_TEST_KEYS` and `MOA_TUI_TEST_SEED` make it try longer, and something else.
"""

import json
import os
import random
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from tests.double import Answer, CerebrasDouble
from tests.double.errors import Failure
from tests.double.faults import Cut
from tests.hostile_texts import PAYLOADS
from tests.ui.conftest import Screen
from tests.ui.text.hostile import FRAMED, SHAPES, text_of

Open = Callable[..., AbstractAsyncContextManager[Screen]]

KEYS = (
    *"mtpoAxcyazvwr/nN=<>SJ+-0123456",
    *("escape", "enter", "tab", "shift+tab", "up", "down", "left", "right", "home", "end"),
    *("pageup", "pagedown", "f1", "f2", "f3", "f5", "f8", "ctrl+o", "ctrl+p", "ctrl+y", "ctrl+n"),
    *(
        "space",
        "backspace",
        "ctrl+r",
        "g",
        "G",
        "b",
        "f",
        "e",
        "u",
        "k",
        "i",
        "h",
        "M",
        "question_mark",
    ),
)
SIZES = [(200, 50), (120, 30), (80, 24), (60, 20), (40, 12), (20, 6), (10, 3)]
MORE = [
    "**重要：**请，含**「重点」**内容。~~删除（括号）。~~这个\n\n" * 4,
    "⚠\ufe0f 1\ufe0f\u20e3 👩\u200d🔬 🇩🇪 👍🏽 नमस्ते दुनिया क्षत्रिय ภาษาไทยกำลัง\n" * 4,
    "```md\n# T\n```py\nx\n```\n| a | b |\n|--|--|\n| 1 |",
    "10. a\n   - b\n\n$$\n\\frac{1}{2}\n$$\n\n[a](http://x.example) [b](b)\n\n    code\n" * 3,
    "Final answer: 30 seconds",
    "",
    " \n \n",
]


def answer(draw: random.Random) -> Answer:
    """Return any answer: a payload, a shape that is hard to lay out, or what breaks."""
    kind = draw.randrange(6)
    if kind == 0:
        return Answer("\n".join(draw.sample(sorted(PAYLOADS.values()), 20)))
    if kind == 1:
        return Answer(text_of(draw.choice([*SHAPES, *FRAMED]), draw.choice([300, 3_000, 20_000])))
    if kind == 2:
        return Answer(failure=Failure(400, {"message": draw.choice(sorted(PAYLOADS.values()))}))
    if kind == 3:
        return Answer(draw.choice(MORE) * 20 or "x", fault=Cut(after=draw.randrange(1, 9)))
    text = draw.choice(MORE)
    return Answer(text, reasoning=draw.choice(MORE), tokens_per_event=(1, 400))


def roster() -> str:
    agents = [{"name": f"agent{at}", "model": f"model-{at}"} for at in range(6)]
    text = json.dumps(
        {
            "version": 1,
            "providers": {"double": {"base_url": "URL", "api_key_env": "DOUBLE_API_KEY"}},
            "defaults": {"provider": "double"},
            "agents": agents,
            "aggregator": {"name": "zoe", "model": "model-6"},
        }
    )
    return text.replace("{", "{{").replace("}", "}}").replace("URL", "{url}")


async def test_no_key_at_any_time_makes_it_fall_over(
    open_app: Open, double: CerebrasDouble
) -> None:
    seed = int(os.environ.get("MOA_TUI_TEST_SEED", "7"))
    keys = int(os.environ.get("MOA_TUI_TEST_KEYS", "60"))
    draw = random.Random(seed)
    double.models[:] = [f"model-{at}" for at in range(7)]
    for model in double.models:
        double.answers[model] = answer(draw)
    pressed: list[str] = []
    try:
        async with open_app(roster(), SIZES[0]) as screen:
            await screen.ask("why?")
            for number in range(keys):
                if draw.random() < 0.1:
                    size = draw.choice(SIZES)
                    pressed.append(f"size {size}")
                    await screen.pilot.resize_terminal(*size)
                if draw.random() < 0.05:
                    double.answers[draw.choice(double.models)] = answer(draw)
                key = draw.choice(KEYS)
                pressed.append(key)
                await screen.pilot.press(key)
                if draw.random() < 0.15:
                    await screen.pilot.pause(0.02)
                assert screen.app.is_running, number
    except Exception as error:
        error.add_note(f"seed {seed}: … {' '.join(pressed[-30:])}")
        raise
