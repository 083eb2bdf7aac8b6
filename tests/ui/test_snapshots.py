"""What the screen looks like: twenty pictures as text, to be looked at when one changes.

UPDATE_SNAPSHOTS=1 writes them anew. `make gallery` paints the same and more in colour.
"""

import os
from pathlib import Path

import pytest
from textual.app import App

from scripts.gallery import PICTURES, SIZES, painted

FOLDER = Path(__file__).parent / "snapshots"
ROOT = Path(__file__).parents[2]
STATES = [f"{state}-{size}" for state in ("ready", "live", "answering", "done") for size in SIZES]
THEMES = [picture.name for picture in PICTURES if picture.name.startswith("theme-")]


def rows(app: App[None]) -> list[str]:
    """Return the screen, row by row."""
    width, height = app.size
    strips = list(app.screen._compositor.render_strips())[:height]
    return [strip.crop(0, width).text.rstrip() for strip in strips]


def colours(app: App[None]) -> list[str]:
    """Return every style on the screen, with the first words that wear it."""
    worn: dict[str, str] = {}
    for strip in app.screen._compositor.render_strips():
        for text, style, _ in strip:
            if text.strip():
                worn.setdefault(str(style), text.strip()[:24])
    return [f"{style}  |  {text}" for style, text in sorted(worn.items())]


@pytest.mark.parametrize("name", [*STATES, *THEMES])
async def test_the_screen_looks_as_it_did(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (picture,) = [picture for picture in PICTURES if picture.name == name]
    async with painted(picture) as app:
        seen = "\n".join(colours(app) if name in THEMES else rows(app)) + "\n"
    file = FOLDER / f"{name}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        FOLDER.mkdir(exist_ok=True)
        file.write_text(seen, encoding="utf-8")
    assert seen == file.read_text(encoding="utf-8"), "look at it, then: UPDATE_SNAPSHOTS=1"


def test_there_are_no_others() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == {*STATES, *THEMES}
    assert len({*STATES, *THEMES}) <= 20
