"""The body of one response → one Batch per network read."""

import json
from collections.abc import Iterable, Iterator

from moa_tui.engine.provider import Batch, ServerTiming, Usage
from moa_tui.engine.wire.chunk import Chunk, read_chunks
from moa_tui.engine.wire.errors import CutShortError, EmptyAnswerError, WireError
from moa_tui.engine.wire.figures import prompt_read_of, timing_of, usage_of
from moa_tui.engine.wire.sse import EventSplitter
from moa_tui.engine.wire.think_tags import ThinkTagSplitter
from moa_tui.text import clean_line

_FINISH_WORDS = {"eos": "stop", "end_turn": "stop", "max_tokens": "length", "error": ""}
_KEPT_START = 4096
"""Bytes of the body kept until an event comes: what a server says that does not stream."""


class StreamDecoder:
    """Decodes the body of one response, read by read.

    `finished` says whether a finish reason has come: nothing is missing from the text then.
    """

    __slots__ = ("_begun", "_events", "_splitter", "_start", "_think", "finished")

    def __init__(self) -> None:
        self._splitter = EventSplitter()
        self._think = ThinkTagSplitter()
        self._events = 0
        self._start = b""
        self._begun = False
        self.finished = False

    def feed(self, data: bytes) -> Iterator[Batch]:
        """Yield what `data` completes, if anything.

        Raises WireError after it for an error event, a broken one, or an end without an answer.
        """
        if not self._events:
            self._start = (self._start + data)[:_KEPT_START]
        return self._fold(self._splitter.feed(data))

    def finish(self) -> Iterator[Batch]:
        """Yield what is left when the body ends; raises WireError if that cannot be an answer."""
        try:
            yield from self._fold(self._splitter.flush())
        except WireError as error:
            if error.body is not None or isinstance(error, EmptyAnswerError):
                raise
            if not self.finished:
                raise CutShortError("half of an event") from None
        if not self._events:
            start = self._start.decode("utf-8", "replace").strip()
            if not start or start.startswith(":"):
                raise EmptyAnswerError("an empty answer")
            raise WireError(start, _object(start))
        reasoning, text = self._think.flush()
        if reasoning or text:
            yield Batch(text, reasoning)
        elif not self._begun:
            raise CutShortError("the beginning of an answer")

    def _fold(self, events: list[bytes]) -> Iterator[Batch]:
        if not events:
            return
        self._events += len(events)
        fold = _Fold(self._think)
        broken: WireError | None = None
        end = next((i for i, event in enumerate(events) if event.startswith(b"[DONE]")), None)
        try:
            fold.add(read_chunks(events[:end]))
        except WireError as error:
            broken = error
        if end is not None and not broken:
            fold.end()
        batch = fold.batch()
        self.finished = self.finished or batch.finish_reason is not None
        self._begun = self._begun or self.finished or bool(batch.text or batch.reasoning)
        if batch.done and not self._begun:
            raise EmptyAnswerError("an empty answer")
        yield batch  # what came before the broken event is still to be shown
        if broken:
            raise broken


class _Fold:
    """Joins the chunks of one network read."""

    __slots__ = (
        "_done",
        "_finish",
        "_prompt_read",
        "_reasoning",
        "_text",
        "_think",
        "_timing",
        "_unsplit",
        "_usage",
    )

    def __init__(self, think: ThinkTagSplitter) -> None:
        self._think = think
        self._unsplit: list[str] = []
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._finish: str | None = None
        self._usage: Usage | None = None
        self._timing: ServerTiming | None = None
        self._prompt_read: tuple[int, int] | None = None
        self._done = False

    def add(self, chunks: Iterable[Chunk]) -> None:
        """Take what is in `chunks`; at 3,000 tokens a second this loop is what a stream costs."""
        try:
            for chunk in chunks:
                for choice in chunk.choices or ():
                    if choice.index:
                        continue
                    if (delta := choice.delta) is not None:
                        if delta.content:
                            self._unsplit.append(delta.content)
                        if reasoning := delta.reasoning or delta.reasoning_content:
                            self._reasoning.append(reasoning)
                    if choice.finish_reason:
                        self._finish = _finish_word(choice.finish_reason) or self._finish
                        self._flush()
                if (
                    chunk.usage
                    or chunk.time_info
                    or chunk.timings
                    or chunk.x_groq
                    or chunk.perf_metrics
                ):
                    self._usage = usage_of(chunk) or self._usage
                    self._timing = timing_of(chunk) or self._timing
                if chunk.prompt_progress:
                    self._prompt_read = prompt_read_of(chunk)
        finally:
            self._split()

    def end(self) -> None:
        """Take note of the end mark."""
        self._flush()
        self._done = True

    def batch(self) -> Batch:
        """Return what has been taken."""
        return Batch(
            text="".join(self._text),
            reasoning="".join(self._reasoning),
            finish_reason=self._finish,
            usage=self._usage,
            timing=self._timing,
            prompt_read=self._prompt_read,
            done=self._done,
        )

    def _split(self) -> None:
        if self._unsplit:
            self._take(*self._think.split("".join(self._unsplit)))
            self._unsplit.clear()

    def _flush(self) -> None:
        self._split()
        self._take(*self._think.flush())

    def _take(self, reasoning: str, text: str) -> None:
        self._reasoning.append(reasoning)
        self._text.append(text)


def _finish_word(reason: str) -> str:
    """Return the finish reason in the usual words; empty for one that means a failure."""
    return clean_line(_FINISH_WORDS.get(reason, reason), 40)


def _object(text: str) -> dict[str, object] | None:
    """Return the error object in a body that is JSON instead of a stream."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    error = value.get("error")
    return error if isinstance(error, dict) else value
