"""The body of one response → one Batch per network read."""

import json
from collections.abc import Iterable, Iterator

from moa_tui.engine.provider import Batch, ServerTiming, Usage
from moa_tui.engine.wire.chunk import Choice, Chunk, OddChunk
from moa_tui.engine.wire.errors import (
    CutShortError,
    EmptyAnswerError,
    UnreadableError,
    WireError,
)
from moa_tui.engine.wire.figures import (
    doubt_of_count,
    prompt_read_of,
    timing_of,
    usage_of,
)
from moa_tui.engine.wire.finish_reason import Ending, meaning_of
from moa_tui.engine.wire.other_choices import OtherChoices
from moa_tui.engine.wire.reading import read_chunks
from moa_tui.engine.wire.sse import EventSplitter, Junk
from moa_tui.engine.wire.thinking import ThinkingReader
from moa_tui.engine.wire.whole_message import WholeMessage
from moa_tui.engine.wire.words import shown

_KEPT_START = 4096
"""Bytes of the body kept until an event comes: what a server says that does not stream."""

_DONE = b"[DONE]"


class StreamDecoder:
    """Decodes the body of one response, read by read.

    `finished` says whether a finish reason has come, and no text after it: nothing is missing from
    the text then, and nothing that follows takes it away.
    """

    __slots__ = ("_begun", "_events", "_fold", "_splitter", "_start")

    def __init__(self) -> None:
        self._splitter = EventSplitter()
        self._fold = _Fold()
        self._events = 0
        self._start = b""
        self._begun = False

    @property
    def finished(self) -> bool:
        """Whether the answer has ended."""
        return self._fold.finished

    def feed(self, data: bytes) -> Iterator[Batch]:
        """Yield what `data` completes, if anything.

        Raises WireError after it for an error event, a broken one, or an end without an answer.
        """
        if not self._events:
            self._start = (self._start + data)[:_KEPT_START]
        return self._decode(self._splitter.feed(data))

    def finish(self) -> Iterator[Batch]:
        """Yield what is left when the body ends; raises WireError if that cannot be an answer."""
        try:
            yield from self._decode(self._splitter.flush())
        except WireError as error:
            if error.body is not None or isinstance(error, EmptyAnswerError):
                raise
            if not self.finished:
                raise CutShortError("half of an event") from None
        fold = self._fold
        if not self._events:
            raise self._without_events()
        fold.end()
        batch = fold.batch()
        self._begun = self._begun or bool(batch.text or batch.reasoning)
        if self._begun:
            yield batch
            if fold.remark and not fold.finished:
                raise fold.remark
            return
        if fold.remark or fold.doubt:
            raise fold.remark or UnreadableError(fold.doubt)
        if self._start.lstrip()[:1] in (b"{", b"["):
            start = self._start.decode("utf-8", "replace").strip()
            raise WireError(start, _object(start))
        raise CutShortError("the beginning of an answer")

    def _without_events(self) -> WireError:
        start = self._start.decode("utf-8", "replace").strip()
        if not start or start.startswith(":"):
            return EmptyAnswerError("an empty answer")
        body = _object(start)
        if body is None and start.startswith('{"'):
            return CutShortError("half of a document")
        return WireError(start, body)

    def _decode(self, events: list[bytes]) -> Iterator[Batch]:
        if not events:
            return
        self._events += sum(type(event) is not Junk for event in events)
        fold = self._fold
        end = events.index(_DONE) if _DONE in events else None
        broken = fold.add(read_chunks(events[:end]))
        done = (end is not None or fold.saw_end) and not broken
        if done:
            fold.end(marked=True)
        wrong = fold.remark if done and not fold.finished else None
        # Whoever reads stops at `done`, and would not hear what went wrong.
        batch = fold.batch(done=done and wrong is None)
        self._begun = self._begun or fold.finished or bool(batch.text or batch.reasoning)
        self._begun = self._begun or bool(fold.tool)
        if done and not self._begun:
            if fold.remark or fold.doubt:
                raise fold.remark or UnreadableError(fold.doubt)
            raise EmptyAnswerError("an empty answer")
        if self._events or batch != _NOTHING:
            yield batch  # what came before the broken event is still to be shown
        if error := broken or wrong:
            raise error


_NOTHING = Batch()


class _Fold:
    """Joins chunks into batches, one a network read, and remembers what they add up to."""

    __slots__ = (
        "_finish",
        "_others",
        "_prompt_read",
        "_reasoning",
        "_recognized",
        "_reopened",
        "_size",
        "_text",
        "_thinking",
        "_timing",
        "_told",
        "_unsplit",
        "_usage",
        "_whole",
        "_word",
        "doubt",
        "finished",
        "remark",
        "saw_end",
        "tool",
    )

    def __init__(self) -> None:
        self.finished = False
        self.saw_end = False
        self.doubt = ""
        self.remark: WireError | None = None
        self.tool: str | None = None
        self._word = ""
        self._size = 0
        self._thinking = ThinkingReader()
        self._whole = WholeMessage()
        self._others = OtherChoices()
        self._unsplit: list[str] = []
        self._told: tuple[str, str | None] = ("", None)
        self._begin()

    def _begin(self) -> None:
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._finish: str | None = None
        self._usage: Usage | None = None
        self._timing: ServerTiming | None = None
        self._prompt_read: tuple[int, int] | None = None
        self._recognized = False
        self._reopened = False

    def add(self, chunks: Iterable[Chunk]) -> WireError | None:
        """Take what is in `chunks`, up to an error, which is returned.

        At 3,000 tokens a second this loop is what a stream costs.
        """
        error = None
        for chunk in chunks:
            if chunk.__class__ is OddChunk and (error := self._look_at(chunk)):
                self._unsplit += _texts_of(chunk)
                break
            for choice in chunk.choices or ():
                if choice.index:
                    self._take_other(choice)
                    continue
                if (delta := choice.delta) is not None:
                    if delta.content:
                        self._unsplit.append(delta.content)
                    if reasoning := delta.reasoning or delta.reasoning_content:
                        self._reasoning.append(reasoning)
                if choice.finish_reason or self.finished:
                    self._take_end(choice)
            if (
                chunk.usage
                or chunk.time_info
                or chunk.timings
                or chunk.x_groq
                or chunk.perf_metrics
                or chunk.prompt_progress
            ):
                self._take_figures(chunk)
        self._split()
        return error

    def _take_figures(self, chunk: Chunk) -> None:
        self._usage = usage_of(chunk) or self._usage
        self._timing = timing_of(chunk) or self._timing
        self._prompt_read = prompt_read_of(chunk) or self._prompt_read

    def _take_other(self, choice: Choice) -> None:
        if not self.finished:
            self._others.take(choice)

    def end(self, *, marked: bool = False) -> None:
        """Take note of the end of the body, or of the mark for it."""
        self._flush()
        if marked and not self.finished and self._word:
            # It went on after its finish reason: the end mark says that this was all.
            self._finish, self.finished = self._word, True
        if not self._told_text and (only := self._others.only()):
            text, word = only
            self._unsplit.append(text)
            self._flush()
            if word and not self.finished:
                self._end_with(word)
        elif not self.doubt:
            self.doubt = self._others.doubt()

    def batch(self, *, done: bool = False) -> Batch:
        """Return what has been taken since the last one."""
        reasoning = "".join(self._reasoning)
        self._size += _bytes_of(reasoning)
        if self._usage and self.finished and self.tool is None and not self.doubt:
            self.doubt = doubt_of_count(self._usage, self._size)
        news = (self.doubt, self.tool)
        told, self._told = self._told, news
        batch = Batch(
            text="".join(self._text),
            reasoning=reasoning,
            finish_reason=self._finish,
            usage=self._usage,
            timing=self._timing,
            prompt_read=self._prompt_read,
            done=done,
            recognized=self._recognized,
            reopened=self._reopened and not self.finished,
            doubt=self.doubt if news != told else "",
            tool=self.tool if news != told else None,
        )
        self._begin()
        return batch

    @property
    def _told_text(self) -> bool:
        return self._whole.begun or bool(self._unsplit)

    def _look_at(self, chunk: OddChunk) -> WireError | None:
        """Take what is unusual in a chunk; what follows the finish reason does not count."""
        self.saw_end = self.saw_end or chunk.ends
        if chunk.whole:
            self._split()
            self._whole.shorten(chunk.choices or ())
        if chunk.tools and self.tool is None:
            self.tool = ""
        self.tool = self.tool or next(filter(None, chunk.tools), self.tool)
        if self.finished:
            return None
        self.doubt = self.doubt or chunk.doubt
        self.remark = self.remark or chunk.remark
        return chunk.trouble

    def _take_end(self, choice: Choice) -> None:
        """Take a finish reason, or what follows one: text shows that it was not the end."""
        content = choice.delta.content if choice.delta else None
        if self.finished and content and content.strip():
            self._finish, self.finished, self._reopened = None, False, True
        if choice.finish_reason:
            self._end_with(choice.finish_reason)

    def _end_with(self, reason: str) -> None:
        """Take a finish reason. What is said after one only counts where it cuts a whole answer."""
        word = shown(reason, 80)
        meaning = meaning_of(word)
        if meaning is None:
            return
        before = meaning_of(self._word) if self.finished else None
        self._flush()
        cuts = meaning.ending in (Ending.TRUNCATED, Ending.FILTERED)
        if before is None or not before.known or (before.ending is Ending.COMPLETE and cuts):
            self._finish = self._word = word
        if not self.finished and not self.doubt:
            self.doubt = self._others.doubt()
        self.finished = True

    def _split(self) -> None:
        if self._reasoning:
            self._thinking.apart = True
        if self._unsplit:
            piece = "".join(self._unsplit)
            self._unsplit.clear()
            self._whole.note(piece)
            self._size += _bytes_of(piece)
            self._take(*self._thinking.split(piece))

    def _flush(self) -> None:
        self._split()
        self._take(*self._thinking.flush())

    def _take(self, reasoning: str, text: str) -> None:
        thinking = self._thinking
        if thinking.recognized:
            thinking.recognized = False
            self._recognized = True
            self._reasoning += self._text
            self._text.clear()
        self._reasoning.append(reasoning)
        self._text.append(text)


def _texts_of(chunk: Chunk) -> list[str]:
    """Return the text of the answer that came along with an error."""
    deltas = [choice.delta for choice in chunk.choices or () if not choice.index]
    return [delta.content for delta in deltas if delta and delta.content]


def _bytes_of(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


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
