"""What looks like YAML and is not is named where it stands; an empty section is none."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.roster.build import RosterError, parse_roster
from tests.rosters import build_roster

GOOD = """\
version: 1
defaults:
  model: m
agents:
  - name: ada
    system_prompt: >-
      Be brief.
      – and precise
  - name: bob
    stop: [x, y]
aggregator: ada
"""

SPACE = "use ordinary spaces"
COLON = "use ':' and a space"
DASH = "begin entries of a list with '- '"
QUOTE = "use straight quotes, \" or '"
UNSEEN = "it cannot be seen; remove it"

CASES = {
    "no-break spaces for an indentation": (
        "\n  model: m",
        "\n\u00a0\u00a0model: m",
        f"3:1: a no-break space (U+00A0) stands here: {SPACE}",
    ),
    "after ordinary ones": (
        "\n    stop:",
        "\n  \u00a0\u00a0stop:",
        f"10:3: a no-break space (U+00A0) stands here: {SPACE}",
    ),
    "before an entry of a list": (
        "  - name: bob",
        "\u00a0\u00a0- name: bob",
        f"9:1: a no-break space (U+00A0) stands here: {SPACE}",
    ),
    "after the dash": (
        "- name: bob",
        "-\u00a0name: bob",
        f"9:4: a no-break space (U+00A0) stands here: {SPACE}",
    ),
    "after a colon": (
        "name: bob",
        "name:\u00a0bob",
        f"9:10: a no-break space (U+00A0) stands here: {SPACE}",
    ),
    "a thin space": (
        "\n  model",
        "\n\u2009\u2009model",
        f"3:1: a thin space (U+2009) stands here: {SPACE}",
    ),
    "an ideographic space": (
        "\n  model",
        "\n\u3000model",
        f"3:1: an ideographic space (U+3000) stands here: {SPACE}",
    ),
    "in the indentation of a text": (
        "      Be brief.",
        "\u00a0\u00a0\u00a0\u00a0Be brief.",
        f"7:1: a no-break space (U+00A0) stands here: {SPACE}",
    ),
    "zero width before a dash": (
        "  - name: bob",
        "\u200b  - name: bob",
        f"9:1: a zero width space (U+200B) stands here: {UNSEEN}",
    ),
    "a mark between two files": (
        "  - name: bob",
        "\ufeff  - name: bob",
        f"9:1: a byte order mark (U+FEFF) stands here: {UNSEEN}",
    ),
    "an en dash": ("- name: bob", "– name: bob", f"9:3: an en dash (U+2013) stands here: {DASH}"),
    "a bullet": ("- name: bob", "• name: bob", f"9:3: a bullet (U+2022) stands here: {DASH}"),
    "a minus": ("- name: b", "\u2212 name: b", "9:3: a minus sign (U+2212) stands here: " + DASH),
    "a wide colon": (
        "aggregator: ada",
        "aggregator：ada",
        f"11:11: a fullwidth colon (U+FF1A) stands here: {COLON}",
    ),
    "a quoted key": (
        "aggregator: ada",
        "“aggregator”: ada",
        "11:1: a left double quotation mark (U+201C) stands here: " + QUOTE,
    ),
    "a quoted name": (
        "aggregator: ada",
        "aggregator: “ada”",
        "11:1: aggregator: a left double quotation mark (U+201C) stands here: " + QUOTE,
    ),
    "a quoted model": (
        "model: m",
        "model: ’m’",
        "3:3: defaults.model: a right single quotation mark (U+2019) stands here: " + QUOTE,
    ),
    "a no-break space in a model": (
        "model: m",
        "model: gpt\u00a0oss",
        f"3:3: defaults.model: a no-break space (U+00A0) stands here: {SPACE}",
    ),
}  # fmt: skip


def told(source: str) -> list[str]:
    with pytest.raises(RosterError) as caught:
        parse_roster(source.encode(), Path("f"), "test")
    return str(caught.value).splitlines()


@pytest.mark.parametrize(("of", "to", "expected"), CASES.values(), ids=CASES)
def test_a_lookalike_is_named_where_it_stands(of: str, to: str, expected: str) -> None:
    assert of in GOOD
    assert told(GOOD.replace(of, to, 1))[0] == f"f:{expected}"


def test_what_comes_of_it_is_not_told_beside_it() -> None:
    spoilt = GOOD.replace("  - name", "\u00a0\u00a0- name")
    assert [line.partition(" a ")[0] for line in told(spoilt)] == ["f:5:1:", "f:9:1:"]


BESIDE = {
    "[x, y]": ("[x， y, ]]", "10:13: a fullwidth comma (U+FF0C)"),
    "name: bob": ("name: “bob: x”", "9:11: a left double quotation mark (U+201C)"),
    "model: m": ("\tmodel: m: x", "3:3: a tab (U+0009) stands here: indent with ordinary spaces"),
}


@pytest.mark.parametrize(("of", "to", "at"), [(of, *case) for of, case in BESIDE.items()])
def test_on_a_line_with_a_mistake_it_is_told_beside_it(of: str, to: str, at: str) -> None:
    lines = told(GOOD.replace(of, to, 1))
    assert any(line.startswith(f"f:{at}") for line in lines), lines


def test_prose_may_have_them() -> None:
    prose = "« Où est-ce\u00a0? » – “here”, ‘there’\u202f: 全角：コロン、"
    source = GOOD.replace("Be brief.", prose).replace("stop: [x, y]", f'expertise: "{prose}"')
    roster = build_roster(source.encode(), Path("f"), "test")
    assert roster.agents["bob"].expertise == prose
    assert prose in roster.agents["ada"].system_prompt
    # And so it may beside a mistake that has nothing to do with them.
    assert told(source.replace("aggregator: ada", "aggregator: adda")) == [
        "f:11:1: aggregator: there is no agent 'adda' — did you mean 'ada'?"
    ]


def test_a_key_in_such_a_file_is_told_all_the_same() -> None:
    lines = told(
        GOOD.replace("\n  model: m", "\n\u00a0\u00a0model: m") + "# csk-0123456789abcdef\n"
    )
    assert len(lines) == 2
    assert "looks like a key" in lines[1]
    assert "0123456789" not in "".join(lines)


@given(st.text(st.sampled_from("-: \t\u00a0\u200b“”–：ab\n\"'|>#[]{},\ufeff"), max_size=60))
def test_any_text_is_read_or_told_of(text: str) -> None:
    """And where a line is told of, it is a line of the text, and a character of the line."""
    try:
        parse_roster(text.encode(), Path("f"), "test")
    except RosterError as error:
        lines = text.removeprefix("\ufeff").splitlines() or [""]
        for at, words in error.problems:
            if "stands here" in words and words.startswith(("a ", "an ")):
                assert f"U+{ord(lines[at.line - 1][at.column - 1]):04X}" in words


# Empty sections

EMPTY = {
    "presets:": "presets",
    "prompts:": "prompts",
    "providers:": "providers",
    "defaults:\n  #  temperature: 1": "defaults",
    "layers:": "layers",
    "strategy:": "strategy",
    "planner: ~": "planner",
    "baseline: null": "baseline",
    "presets:\n  quick:\n  # agents: [a]": "a preset",
    "providers:\n  groq:\n    limits:\n    prices:": "of a provider",
    "prompts:\n  aggregator:": "a prompt",
    "max_cost:\nquorum:": "numbers",
}


@pytest.mark.parametrize("section", EMPTY, ids=EMPTY.values())
def test_a_section_with_nothing_in_it_is_as_if_it_was_not_there(section: str) -> None:
    body = "version: 1\nagents: [{name: a, model: m}]\naggregator: a\n"
    whole = build_roster(f"{body}{section}\n".encode(), Path("f"), "test")
    assert whole == build_roster(body.encode(), Path("f"), "test")


@pytest.mark.parametrize(
    "key",
    ["expertise", "samples", "stop", "fallback", "temperature", "color", "enabled", "timeout"],
)
def test_so_is_a_key_of_an_agent(key: str) -> None:
    body = "version: 1\nagents:\n  - name: a\n    model: m\n"
    empty = build_roster(f"{body}    {key}:\naggregator: a\n".encode(), Path("f"), "test")
    assert empty == build_roster(f"{body}aggregator: a\n".encode(), Path("f"), "test")


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        ("version: 1", "1:1: version"),
        ("agents:\n  - {name: a, model: m}", "2:1: agents"),
        ("aggregator: a", "4:1: aggregator"),
    ],
)
def test_what_has_to_be_there_may_not_be_empty(of: str, expected: str) -> None:
    body = "version: 1\nagents:\n  - {name: a, model: m}\naggregator: a\n"
    key = of.partition(":")[0]
    lines = told(body.replace(of, f"{key}:\n  # nothing" if "\n" in of else f"{key}:"))
    assert lines[0] == f"f:{expected}: has nothing after it — add what belongs there"


def test_in_straight_quotes_they_are_meant() -> None:
    source = GOOD.replace("name: bob", 'name: "“bob”\u00a0II"').replace(
        "model: m", "model: 'm\u202f1'"
    )
    roster = build_roster(source.encode(), Path("f"), "test")
    assert set(roster.agents) == {"ada", "“bob”\u00a0II"}
    assert roster.agents["ada"].model == "m\u202f1"
