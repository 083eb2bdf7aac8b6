"""The part of the app that copies: says how it was done, and leads to a file where it cannot be."""

import asyncio
import os
import re
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from moa_tui.engine.wholeness import not_whole
from moa_tui.errors import MoaError
from moa_tui.ui.links.linking import Linking
from moa_tui.ui.text.wrapping import SHORT

if TYPE_CHECKING:
    from moa_tui.state import TurnState
    from moa_tui.ui.text.code_blocks import CodeBlock
    from moa_tui.ui.widgets.pane import Pane


class Copying(Linking):
    """Copies text as it was written, not as it is painted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # Priority: the prompt has the keys, and in it Ctrl+Y would redo.
        Binding(
            "ctrl+y",
            "copy_answer",
            "Copy",
            show=False,
            id="answer.copy",
            tooltip="Copy the answer",
            priority=True,
        ),
    ]

    @property
    def shown(self) -> "TurnState | None":
        """The turn on the screen."""
        raise NotImplementedError

    def copy_to_clipboard(self, text: str) -> None:
        """Copy `text`; what became of it is said in a moment."""
        self._begin_to_copy(text)

    def _copy_answer(self, text: str, why_not_whole: str) -> None:
        """Copy `text`, and say why it is not whole, if so."""
        if why_not_whole:
            self._begin_to_copy(text, f" · not whole: {why_not_whole}")
        else:
            self.copy_to_clipboard(text)

    def _begin_to_copy(self, text: str, remark: str = "") -> None:
        self._clipboard = text  # Textual pastes from it
        self.run_worker(self._copy(text, remark))

    async def _copy(self, text: str, remark: str) -> None:
        if not self.late or not text:
            return
        clipboard = self.late.clipboard
        possible = clipboard.ways(os.environ)
        size = f"{len(text):,} character{'s' if len(text) != 1 else ''}{remark}"
        if took := await clipboard.copied_by(possible.programs, text):
            self._say(f"copied {size} via {' and '.join(took)}")
        elif possible.sequence and (sequence := clipboard.osc52(text)):
            if self._driver:
                self._driver.write(sequence)
            self._say(f"sent {size} to the terminal's clipboard (OSC 52) · w in a pane: to a file")
        else:
            why = "too long for the terminal" if possible.sequence else "no clipboard here"
            await self._write(text, "copy", f"{why}: ")

    def action_copy_answer(self) -> None:
        """Copy the final answer."""
        if self.shown and (answer := self.shown.answer):
            self._copy_answer(answer, not_whole(self.shown.answer_outcome))
        elif self.shown:
            self._say("there is no answer yet")

    def on_pane_copy_requested(self, message: "Pane.CopyRequested") -> None:
        """Copy what the person wants of a pane, or write it into a file."""
        pane, what = message.pane, message.what
        text = self._turn_as_markdown() if what == "turn" else pane.source
        ended = pane.stream.outcome if pane.stream and what != "turn" else None
        cut = not_whole(ended) if ended else ""
        if not text:
            self._say("there is nothing to copy yet")
        elif what == "file":
            why = f"not whole, {cut}; " if cut else ""
            self.run_worker(self._write(text, pane.owner.name or "answer", why))
        elif what == "code":
            self._copy_code(text)
        else:
            self._copy_answer(text, cut)

    def _copy_code(self, text: str) -> None:
        if len(text) <= SHORT:
            self._choose_block(self.late.code_blocks(text))
        else:
            self.run_worker(self._find_code(text))

    async def _find_code(self, text: str) -> None:
        asked_on = self.screen
        blocks = await asyncio.to_thread(self.late.code_blocks, text)
        if self.screen is asked_on:  # else the person has gone elsewhere, or has the list already
            self._choose_block(blocks)

    def _choose_block(self, blocks: "list[CodeBlock]") -> None:
        if len(blocks) > 1:
            self.push_screen(self.late.CodeBlockScreen(blocks), self._copy_block)
        elif blocks:
            self._copy_block(blocks[0])
        else:
            self._say("there is no code block in this text")

    def _copy_block(self, block: "CodeBlock | None") -> None:
        if block:
            self.copy_to_clipboard(block.code)

    def _turn_as_markdown(self) -> str:
        """Return the turn as far as it has come."""
        if self.shown is None or not self.shown.turn:
            return ""
        record = self.late.record_of(self.shown)
        markdown: str = self.late.as_markdown(record.as_json())
        return markdown

    async def _write(self, text: str, name: str, why: str = "") -> None:
        stem = "moa-tui-" + "-".join(re.findall(r"[a-z0-9]+", name[:40].lower()) or ["text"])
        try:
            path = await asyncio.to_thread(self.late.save, stem, "md", [text])
        except MoaError as error:
            self.notify(f"{why}{error}", severity="error", markup=False, timeout=10)
        else:
            shown = self.late.clean_line(str(path), 4096)
            self.notify(f"{why}written to {shown}", markup=False, timeout=10)

    def _say(self, words: str) -> None:
        self.call_later(partial(self.notify, words, timeout=4, markup=False))
