"""settings.yaml: what counts, and what a person reads when something in it is wrong."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from moa_tui.settings.glimpse import glimpse
from moa_tui.settings.loading import Loaded, load_settings
from moa_tui.settings.model import Settings
from moa_tui.settings.remembered import remember_layout, remembered_layout
from moa_tui.settings.written import default_document


def loaded(folder: Path, text: str | bytes) -> Loaded:
    path = folder / "settings.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_settings(path)


def test_without_a_file_there_are_the_defaults(home: Path) -> None:
    found = load_settings()
    assert (found.settings, found.problems) == (Settings(), ())


def test_the_written_defaults_are_the_defaults(tmp_path: Path) -> None:
    found = loaded(tmp_path, default_document())
    assert (found.settings, found.problems) == (Settings(), ())
    assert found.settings.model_fields_set == set(Settings.model_fields)
    assert glimpse(tmp_path / "settings.yaml")["theme"] == "auto"


def test_all_that_can_be_set(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        "theme: paper\nlayout: tabs\nmouse: false\nlow_bandwidth: on\nwhile_running: interrupt\n"
        "stop_key: esc-esc\nnotify: 2.5\nanimations: false\nascii: true\npreset: deep\n"
        "keymap:\n  turn.stop: f6\n",
    )
    assert not found.problems
    expected = Settings(
        theme="paper",
        layout="tabs",
        mouse=False,
        low_bandwidth="on",
        while_running="interrupt",
        stop_key="esc-esc",
        notify=2.5,
        animations=False,
        ascii=True,
        preset="deep",
        keymap={"turn.stop": "f6"},
    )
    assert found.settings == expected
    assert found.keymap_at["turn.stop"] == (12, 3)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("layuot: grid", "1:1: layuot: unknown setting — did you mean 'layout'?"),
        ("\nmouse: yes", "2:1: mouse: should be true or false, not 'yes'"),
        ("layout: big", "1:1: layout: should be 'auto', 'grid', 'tabs' or 'focus', not 'big'"),
        ("notify: never", "1:1: notify: should be a number, not 'never'"),
        ("notify: -1", "1:1: notify: should be greater than or equal to 0, not -1"),
        ("theme: [a]", "1:1: theme: should be text, not a list"),
        ("keymap: {turn.stop: 3}", "1:10: keymap.turn.stop: should be text, not 3"),
        ("theme: [", "1:9: not valid YAML"),
        ("theme: a\ntheme: b", "2:1: duplicate key 'theme' (first on line 1)"),
        ("- theme", "1:1: the file has no 'key: value' lines"),
        (b"\xff", "1:1: not UTF-8 — save the file as UTF-8"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str | bytes, what: str) -> None:
    found = loaded(tmp_path, text)
    (problem,) = found.problems
    assert problem.removeprefix(f"{tmp_path}/settings.yaml:").startswith(what)
    assert found.settings == Settings()


def test_what_is_right_counts_beside_what_is_wrong(tmp_path: Path) -> None:
    found = loaded(tmp_path, "theme: paper\nmouse: 1\nstop_key: ctrl+c\nwhat: ever\n")
    assert found.settings == Settings(theme="paper", stop_key="ctrl+c")
    assert len(found.problems) == 2


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").mkdir()
    found = load_settings(tmp_path / "settings.yaml")
    assert "is not a file" in found.problems[0]
    assert glimpse(tmp_path / "settings.yaml") == {}


@examples(max_examples=60)
@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_nothing_in_a_file_stops_the_app(content: bytes) -> None:
    import tempfile  # noqa: PLC0415 - hypothesis and tmp_path do not go together

    with tempfile.TemporaryDirectory() as folder:
        found = loaded(Path(folder), content)
        glimpse(Path(folder) / "settings.yaml")
    assert found.problems or isinstance(found.settings, Settings)


def test_the_layout_is_remembered_until_the_settings_say_another(tmp_path: Path) -> None:
    path = tmp_path / "state" / "layout.json"
    assert remembered_layout("auto", path) == "auto"
    remember_layout("tabs", "auto", path)
    assert remembered_layout("auto", path) == "tabs"
    assert remembered_layout("grid", path) == "grid"
    for spoilt in ("", "[]", '{"layout": "odd", "instead_of": "auto"}', "null"):
        path.write_text(spoilt)
        assert remembered_layout("auto", path) == "auto"


def test_a_layout_that_cannot_be_kept_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    remember_layout("tabs", "auto", tmp_path / "file" / "layout.json")
    assert remembered_layout("auto", tmp_path / "file" / "layout.json") == "auto"
