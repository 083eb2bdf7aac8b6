"""What has come of one answer: cleaned at the door, told as it comes, and never without end."""

import time
from collections.abc import Callable

from moa_tui.engine import verdict
from moa_tui.engine.events import (
    PromptRead,
    ReasoningDelta,
    ReasoningRecognized,
    StreamEvent,
    TextDelta,
)
from moa_tui.engine.provider import Batch, ProviderError, ServerTiming, Usage
from moa_tui.engine.verdict import Received
from moa_tui.text import StreamCleaner


class Reception:
    """Takes a stream's batches. `room` is how many characters more it may have.

    `begun` says whether anything has been shown; what `report` raises goes through.
    """

    def __init__(
        self,
        stream: str,
        most: int,
        clock: Callable[[], float],
        report: Callable[[StreamEvent], None],
    ) -> None:
        self.begun = False
        self.room = most
        self.finish_reason: str | None = None
        self.usage: Usage | None = None
        self.timing: ServerTiming | None = None
        self._done = False
        self._thought = False
        self._doubt = ""
        self._tool: str | None = None
        self._stream = stream
        self._most = most
        self._clock = clock
        self._report = report
        self._at = 0.0
        self._text: list[str] = []
        self._text_cleaner = StreamCleaner()
        self._reasoning_cleaner = StreamCleaner()

    @property
    def text(self) -> str:
        """The answer so far, without reasoning."""
        return "".join(self._text)

    @property
    def received(self) -> Received:
        """All that its outcome depends on."""
        return Received(
            self.text,
            self.finish_reason,
            done=self._done,
            thought=self._thought,
            doubt=self._doubt,
            tool=self._tool,
        )

    def begin(self) -> None:
        """Begin an attempt: what a failed one left behind is no part of it."""
        self.usage = self.timing = self.finish_reason = self._tool = None
        self._done, self._doubt = False, ""
        self._text_cleaner, self._reasoning_cleaner = StreamCleaner(), StreamCleaner()

    def sent(self, at: float) -> None:
        """Take note of when the request left: nothing was read before it."""
        self._at = max(self._at, at)

    def take(self, batch: Batch) -> None:
        """Take what a network read brought; raises ProviderError when it is more than may be."""
        self._at = self._read_at(batch)
        if batch.prompt_read and not self.begun:
            self._report(PromptRead(self._at, self._stream, *batch.prompt_read))
        if batch.recognized:
            self._recognize()
        if batch.reasoning and (reasoning := self._reasoning_cleaner.feed(batch.reasoning)):
            self._show_reasoning(self._fitting(reasoning))
        if batch.text and (text := self._text_cleaner.feed(batch.text)):
            self._show_text(self._fitting(text))
        if self.room < 0:
            raise ProviderError(verdict.too_large(self._most))
        if batch.reopened:
            self.finish_reason = None
        self.finish_reason = batch.finish_reason or self.finish_reason
        self._done = self._done or batch.done
        self._doubt = self._doubt or batch.doubt
        self._tool = self._tool or (self._tool if batch.tool is None else batch.tool)
        self.usage = batch.usage or self.usage
        self.timing = batch.timing or self.timing

    def flush(self) -> None:
        """Show what was held back for the character that might have followed it."""
        if rest := self._reasoning_cleaner.flush():
            self._show_reasoning(rest)
        if rest := self._text_cleaner.flush():
            self._show_text(rest)

    def _recognize(self) -> None:
        """What was taken for the answer has been reasoning: it is moved, wherever it was shown."""
        if rest := self._text_cleaner.flush():
            self._show_text(rest)
        self._text_cleaner = StreamCleaner()
        if self._text:
            self._text.clear()
            self._thought = True
            self._report(ReasoningRecognized(self._at, self._stream))

    def _read_at(self, batch: Batch) -> float:
        """Return the turn's time at which `batch` was read; never before what was told last."""
        now = self._clock()
        if batch.at is not None:
            now -= max(0.0, time.perf_counter() - batch.at)
        return max(self._at, now)

    def _fitting(self, text: str) -> str:
        """Return what there is still room for; what is more ends the stream."""
        room, self.room = self.room, self.room - len(text)
        return text if self.room >= 0 else text[: max(0, room)]

    def _show_reasoning(self, reasoning: str) -> None:
        self.begun = self._thought = True
        self._report(ReasoningDelta(self._at, self._stream, reasoning))

    def _show_text(self, text: str) -> None:
        self.begun = True
        self._text.append(text)
        self._report(TextDelta(self._at, self._stream, text))
