"""The shipped themes are readable, and no theme file can stop the program."""

import itertools
import math
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.color import Color as RichColor
from rich.color import ColorSystem
from textual.app import App
from textual.color import Color
from textual.css.stylesheet import Stylesheet
from textual.theme import BUILTIN_THEMES, Theme
from textual.widgets import Footer, Input, Markdown, OptionList, TextArea

from moa_tui import paths
from moa_tui.errors import ThemeError
from moa_tui.ui.themes import MAX_BYTES, ThemeFile, load_theme, load_themes, own_variables

NAMES = {
    *("wafer", "paper", "graphite", "dawn", "contrast", "iris"),
    *("terminal-dark", "terminal-light"),
}
THEMES, ERRORS = load_themes([paths.shipped("themes")])
FIXED = [pytest.param(file, id=name) for name, file in THEMES.items() if not file.theme.ansi]
TERMINAL = [pytest.param(file, id=name) for name, file in THEMES.items() if file.theme.ansi]

AGENTS = tuple(f"agent-{number}" for number in range(1, 9))
STATES = ("success", "warning", "error")
TEXTS = ("foreground", "dim-text", "primary", "secondary", "accent", "answer", *STATES, *AGENTS)
GROUNDS = ("background", "surface", "panel")
FRAMES = ("border", "border-blurred", "answer", *AGENTS)
ON_OWN_GROUND = (
    ("footer-key-foreground", "footer-background"),
    ("footer-description-foreground", "footer-background"),
    ("block-cursor-foreground", "block-cursor-background"),
    ("foreground", "block-cursor-blurred-background"),
    ("foreground", "block-hover-background"),
    ("input-cursor-foreground", "input-cursor-background"),
    ("input-selection-foreground", "input-selection-background"),
    ("link-color", "background"),
    ("markdown-h6-color", "background"),
)

GOOD = 'name: mine\ncolors:\n  primary: "#336699"\n'


def variables_of(theme: Theme) -> dict[str, str]:
    """Resolve as `App.get_css_variables` does."""
    return {**theme.to_color_system().generate(), **theme.variables}


def linear(color: Color) -> list[float]:
    parts = [part / 255 for part in color.rgb]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def contrast(one: Color, other: Color) -> float:
    """Compute the WCAG 2 contrast ratio, without a look at how the program does it."""
    luminances = []
    for color in (one, other):
        assert color.a == 1, "only solid colours have a contrast"
        red, green, blue = linear(color)
        luminances.append(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    return (max(luminances) + 0.05) / (min(luminances) + 0.05)


def oklab(rgb: list[float]) -> tuple[float, float, float]:
    """Place a linear colour where distance is about as large as the eye finds it."""
    r, g, b = rgb
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


Sight = Callable[[list[float]], list[float]]


def nearest(colors: list[Color], sight: Sight = lambda rgb: rgb) -> tuple[float, str, str]:
    """Find the two colours hardest to tell apart; all of 0 … 1 is black to white."""
    return min(
        (math.dist(oklab(sight(linear(one))), oklab(sight(linear(other)))), one.hex, other.hex)
        for one, other in itertools.combinations(colors, 2)
    )


def in_256_colors(color: Color) -> Color:
    """Reduce a colour as it is where COLORTERM did not arrive: over SSH."""
    rich_color = RichColor.parse(color.hex).downgrade(ColorSystem.EIGHT_BIT)
    return Color(*rich_color.get_truecolor())


def agents_and_answer(file: ThemeFile) -> list[Color]:
    variables = variables_of(file.theme)
    return [Color.parse(variables[name]) for name in (*AGENTS, "answer")]


def test_the_eight_themes_are_there_with_light_ones_among_them() -> None:
    assert ERRORS == []
    assert set(THEMES) == NAMES
    assert {name for name, file in THEMES.items() if not file.theme.dark} >= {"paper", "dawn"}
    assert all(len(file.agent_colors) == 8 and file.description for file in THEMES.values())
    assert all(file.path.stem == name for name, file in THEMES.items())


def unreadable(file: ThemeFile, least: float, reduce: Callable[[Color], Color]) -> list[str]:
    variables = variables_of(file.theme)

    def too_close(front: str, ground: str, least: float) -> list[str]:
        pair = (reduce(Color.parse(variables[name])) for name in (front, ground))
        ratio = contrast(*pair)
        return [] if ratio >= least else [f"{front} on {ground}: {ratio:.2f} < {least}"]

    texts = (*itertools.product(TEXTS, GROUNDS), *ON_OWN_GROUND)
    frames = itertools.product(FRAMES, GROUNDS)
    return [
        *itertools.chain.from_iterable(too_close(*pair, least) for pair in texts),
        *itertools.chain.from_iterable(too_close(*pair, 3) for pair in frames),
    ]


@pytest.mark.parametrize("file", FIXED)
def test_every_pair_on_the_screen_is_readable(file: ThemeFile) -> None:
    least = 7 if file.name == "contrast" else 4.5
    assert unreadable(file, least, lambda color: color) == []


@pytest.mark.parametrize("file", FIXED)
def test_every_pair_is_readable_in_256_colors(file: ThemeFile) -> None:
    assert unreadable(file, 4.5, in_256_colors) == []


@pytest.mark.parametrize("file", FIXED)
def test_agents_and_answer_differ(file: ThemeFile) -> None:
    colors = agents_and_answer(file)
    assert nearest(colors)[0] >= 0.06, nearest(colors)
    reduced = [in_256_colors(color) for color in colors]
    assert nearest(reduced)[0] >= 0.04, nearest(reduced)


# Machado, Oliveira and Fernandes 2009, severity 1, on linear colours.
COLOR_BLINDNESS = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


@pytest.mark.parametrize("kind", COLOR_BLINDNESS)
def test_iris_differs_for_the_colour_blind(kind: str) -> None:
    def sight(rgb: list[float]) -> list[float]:
        seen = (
            sum(weight * part for weight, part in zip(row, rgb, strict=True))
            for row in COLOR_BLINDNESS[kind]
        )
        return [min(1.0, max(0.0, part)) for part in seen]

    iris = THEMES["iris"]
    states = [Color.parse(variables_of(iris.theme)[name]) for name in STATES]
    for colors in (agents_and_answer(iris), states):
        assert nearest(colors, sight)[0] >= 0.08, nearest(colors, sight)


@pytest.mark.parametrize("file", TERMINAL)
def test_terminal_themes_use_nothing_but_the_palette(file: ThemeFile) -> None:
    variables = variables_of(file.theme)
    assert [name for name, value in variables.items() if "#" in value or "rgb" in value] == []
    assert all(Color.parse(variables[name]).ansi is not None for name in TEXTS)
    assert {variables[name] for name in GROUNDS} <= {"ansi_default", "transparent"}
    assert len({*file.agent_colors, variables["answer"], variables["error"]}) == 10


class Everything(App[None]):
    CSS = "Input { border: round $answer; color: $dim-text; }" + "".join(
        f"#agent-{number} {{ border: round $agent-{number} 60%; }}" for number in range(1, 9)
    )

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return own_variables(self.current_theme)

    def compose(self):  # type: ignore[no-untyped-def] # textual's own type is not exported
        yield Input("a")
        yield TextArea("b")
        yield OptionList("c")
        yield Markdown("# d\n\n`e`")
        yield Footer()


async def test_every_theme_can_be_put_on() -> None:
    app = Everything()
    async with app.run_test() as pilot:
        for file in THEMES.values():
            app.register_theme(file.theme)
            app.theme = file.name
            await pilot.pause()
            expected = Color.parse(file.theme.variables["answer"])
            assert app.query_one(Input).styles.border_top == ("round", expected)


@pytest.mark.parametrize("theme", BUILTIN_THEMES.values(), ids=BUILTIN_THEMES)
def test_textual_themes_get_what_they_lack(theme: Theme) -> None:
    own = own_variables(theme)
    selection = {f"screen-selection-{part}" for part in ("foreground", "background")}
    if theme.ansi:
        assert own.keys() == {*AGENTS, "answer", "dim-text"}
    else:
        assert own.keys() == {*AGENTS, "answer", "dim-text", *selection}
        variables = {**variables_of(theme), **own}
        for ground in GROUNDS:
            plain, dim, back = (
                Color.parse(variables[n]) for n in ("foreground", "dim-text", ground)
            )
            assert contrast(dim, back) >= min(4.5, contrast(plain, back))


@pytest.mark.parametrize(
    "variables",
    [file.theme.variables for file in THEMES.values() if not file.theme.ansi]
    + [own_variables(theme) for theme in BUILTIN_THEMES.values() if not theme.ansi],
)
def test_selected_text_can_be_read(variables: dict[str, str]) -> None:
    text, ground = (
        Color.parse(variables[f"screen-selection-{part}"]) for part in ("foreground", "background")
    )
    assert (text.a, ground.a) == (1, 1), "a row that is painted by itself mixes no colours"
    assert contrast(text, ground) >= 4.5


def write(folder: Path, source: str | bytes, name: str = "mine.yaml") -> Path:
    path = folder / name
    path.write_bytes(source.encode() if isinstance(source, str) else source)
    return path


def test_a_short_file_is_enough(tmp_path: Path) -> None:
    file = load_theme(write(tmp_path, GOOD))
    assert (file.name, file.description, file.theme.dark, file.theme.ansi) == (
        *("mine", ""),
        *(True, False),
    )
    assert file.theme.variables["answer"] == file.theme.primary == "#336699"


def test_agents_are_cycled_and_texts_cleaned(tmp_path: Path) -> None:
    extra = 'agents: ["#f00", "#0f0", blue]\ndescription: "a\\e[31m\\n b"\n'
    file = load_theme(write(tmp_path, GOOD + extra))
    assert file.agent_colors == ("#FF0000", "#00FF00", "#0000FF")
    assert file.theme.variables["agent-5"] == "#00FF00"
    assert file.description == "a[31m b"


def test_given_variables_win(tmp_path: Path) -> None:
    extra = 'variables: {answer: red, dim-text: "#888", input-cursor-text-style: bold reverse}\n'
    variables = load_theme(write(tmp_path, GOOD + extra)).theme.variables
    assert (variables["answer"], variables["dim-text"]) == ("#FF0000", "#888888")
    assert variables["input-cursor-text-style"] == "bold reverse"


BAD: dict[str, tuple[str | bytes, str]] = {
    "syntax": ("name: [", ":1: not valid YAML"),
    "syntax, further down": (GOOD + "\tdark: true\n", ":4: not valid YAML"),
    "empty": ("", ":1: no 'key: value' lines"),
    "a list": ("- name: x\n", ":1: no 'key: value' lines"),
    "unknown key": (GOOD + "colours: {}\n", ":4: unknown key 'colours' — did you mean 'colors'?"),
    "unknown colour": (GOOD + "  acent: red\n", ":4: unknown key 'colors.acent' — did you mean"),
    "far from known": (GOOD + "zzz: 1\n", ":4: unknown key 'zzz' — remove it"),
    "unknown variable": (GOOD + "variables:\n  bordr: red\n", ":5: unknown key 'variables.bordr'"),
    "agent as variable": (GOOD + "variables: {agent-1: red}\n", "unknown key 'variables.agent-1'"),
    "no name": ("colors: {primary: red}\n", "'name' is missing"),
    "no colours": ("name: x\n", "'colors' is missing"),
    "no primary": ("name: x\ncolors: {accent: red}\n", ":2: 'colors.primary' is missing"),
    "empty colours": ("name: x\ncolors:\n", ":2: colors has no 'key: value' lines"),
    "name in capitals": (GOOD.replace("mine", "My Own"), "'My Own' cannot be a name"),
    "name too long": (GOOD.replace("mine", "m" * 41), "cannot be a name"),
    "name a number": (GOOD.replace("mine", "1984"), ":1: name is not text — put the value in"),
    "bad colour": (GOOD + "  accent: blurple\n", ":4: colors.accent: 'blurple' is no colour"),
    "half a colour": (GOOD + '  accent: "#12"\n', ":4: colors.accent: '#12' is no colour"),
    "colour unquoted": (GOOD + "  accent: #123456\n", "is empty — a colour needs quotes"),
    "colour a number": (GOOD + "  accent: 123456\n", "colors.accent is not text"),
    "palette colour": (GOOD + "  accent: ansi_red\n", "'ansi_red' is a colour of the terminal"),
    "dark is a word": (GOOD + "dark: yes\n", ":4: dark is neither true nor false"),
    "no agent": (GOOD + "agents: []\n", ":4: agents is not a list of colours"),
    "nine agents": (GOOD + f"agents: [{'red, ' * 9}]\n", ":4: agents is not a list of colours"),
    "one agent as text": (GOOD + "agents: red\n", ":4: agents is not a list of colours"),
    "bad agent": (GOOD + "agents:\n - red\n - rd\n", ":6: agents[2]: 'rd' is no colour"),
    "bad style": (
        GOOD + "variables: {link-style: loud}\n",
        "variables.link-style: 'loud' is no text style",
    ),
    "css in a variable": (GOOD + 'variables: {border: "red; } *{"}\n', "is no colour"),
    "reference in a variable": (GOOD + "variables: {border: $nowhere}\n", "is no colour"),
    "variables are a list": (GOOD + "variables: [red]\n", "variables has no 'key: value' lines"),
    "key twice": (GOOD + "name: other\n", ":4: duplicate key 'name'"),
    "anchor": ("name: &a x\n", ":1: anchors and aliases are not supported"),
    "tag": ("name: !!python/object:os.system x\n", ":1: tags are not supported"),
    "not utf-8": (GOOD.encode("utf-16"), "not UTF-8"),
    "too large": (GOOD + "#" * MAX_BYTES, "too large, more than 64 KB"),
}


@pytest.mark.parametrize(("source", "reason"), BAD.values(), ids=BAD)
def test_a_bad_file_is_one_error_that_names_file_and_reason(
    tmp_path: Path, source: str | bytes, reason: str
) -> None:
    path = write(tmp_path, source, "bad.yaml")
    write(tmp_path, GOOD)
    themes, errors = load_themes([tmp_path])
    assert list(themes) == ["mine"]
    (error,) = errors
    assert str(error).startswith(f"{path}:")
    assert reason in str(error)
    assert error.advice
    assert "\n" not in str(error)


def test_what_is_no_file_is_reported_and_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nothing")
    os.mkfifo(tmp_path / "pipe.yaml")
    write(tmp_path, "not a theme", "notes.txt")
    write(tmp_path, "an editor's copy", ".mine.yaml")
    themes, errors = load_themes([tmp_path, tmp_path / "missing"])
    assert themes == {}
    assert [error.message.rpartition("/")[2] for error in errors] == [
        "folder.yaml: not a file",
        "gone.yaml: not a file",
        "pipe.yaml: not a file",
    ]


def test_a_file_that_cannot_be_read_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = write(tmp_path, GOOD)
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ThemeError, match="cannot be read: Permission denied — check"):
        load_theme(path)


def test_the_users_folder_wins_over_a_namesake(tmp_path: Path) -> None:
    source = GOOD.replace("mine", "wafer") + "description: my own\n"
    write(tmp_path, source, "anything.yml")
    themes, errors = load_themes([paths.shipped("themes"), tmp_path])
    assert errors == []
    assert set(themes) == NAMES
    assert themes["wafer"].description == "my own"


def test_two_namesakes_in_one_folder_are_an_error(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "a.yaml")
    write(tmp_path, GOOD, "b.yaml")
    themes, (error,) = load_themes([tmp_path])
    assert themes["mine"].path.name == "a.yaml"
    assert "b.yaml: 'mine' is already the name of a.yaml" in str(error)


COLOR_LIKE = st.sampled_from(
    ["#fff", "#12345678", "red", "transparent", "rgb(1, 2,3)", "hsla( 1,2%,3%,.5)", "ansi_red"]
)
VALUES = st.one_of(st.text(max_size=12), COLOR_LIKE, st.booleans(), st.integers(), st.none())
FILES = st.fixed_dictionaries(
    {"name": st.just("x") | VALUES, "colors": st.fixed_dictionaries({"primary": COLOR_LIKE})},
    optional={
        "ansi": VALUES,
        "dark": VALUES,
        "description": VALUES,
        "agents": st.lists(COLOR_LIKE | VALUES, max_size=9),
        "variables": st.dictionaries(
            st.sampled_from(["answer", "dim-text", "border", "link-style", "text", "surface"])
            | st.text(max_size=8),
            COLOR_LIKE | st.sampled_from(["bold", "not underline"]) | VALUES,
            max_size=4,
        ),
    },
)


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch") / "theme.yaml"


# A long line of brackets is slow to scan, however early it is refused.
@settings(deadline=None)
@given(source=st.one_of(st.binary(), st.text().map(lambda text: text.encode("utf-8", "replace"))))
@example(source=b'name: "\\UFFFFFFFF"')
@example(source=b"[" * 5000)
@example(source=b"? [a]\n: b")
@example(source=b"colors: {primary: \x00}")
def test_arbitrary_bytes_raise_nothing_but_theme_errors(scratch: Path, source: bytes) -> None:
    scratch.write_bytes(source)
    with pytest.raises(ThemeError):
        load_theme(scratch)


@given(data=FILES)
def test_a_theme_that_loads_can_be_put_on(scratch: Path, data: dict[str, object]) -> None:
    scratch.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    try:
        file = load_theme(scratch)
    except ThemeError:
        return
    stylesheet = Stylesheet(variables=variables_of(file.theme))
    uses = (
        "border: round $border; color: $answer 50%; background: $agent-1; text-style: $link-style"
    )
    stylesheet.add_source(f"Screen {{ {uses}; }} Input {{ color: $dim-text; tint: $text 5%; }}")
    stylesheet.parse()
    assert len(stylesheet.rules) == 2
