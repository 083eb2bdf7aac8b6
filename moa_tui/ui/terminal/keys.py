"""What a terminal sends → Textual's messages. All that is used of Textual's own parser is here.

Textual reads well-formed sequences of keys, but breaks on some that terminals may send: they are
checked, and brought into the form that it knows, before. What is not known is dropped.
"""

import re
from collections.abc import Iterable, Iterator

from textual import constants, events, messages
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS
from textual._xterm_parser import IS_ITERM, XTermParser
from textual.keys import Keys
from textual.message import Message

from moa_tui.ui.early import LayoutKey
from moa_tui.ui.terminal.input import Pasted, Token, Typed
from moa_tui.ui.terminal.layouts import latin
from moa_tui.ui.terminal.sequences import ESC

MOST_COLUMNS, MOST_ROWS = 600, 250
"""Cells of the largest screen that is painted: one takes seconds, and none is so large."""

_SHIFT, _ALT, _CTRL = 1, 2, 4
_COMMANDS = _ALT | _CTRL | 8 | 16 | 32
"""Modifiers with which a key is no text: Alt, Ctrl, Super, Hyper, Meta."""

_MOST_PIXELS = 100_000
_FARTHEST = 20_000
_KEY = re.compile(r"\x1b\[([\d:]*)(?:;([\d:]*))?(?:;([\d:]*))?([u~A-HPQRS])\Z")
_MOUSE = re.compile(r"\x1b\[<(\d{1,3});(\d{1,5});(\d{1,5})[Mm]\Z")
_SIZE = re.compile(r"\x1b\[48;(\d+)(?::\d*)*;(\d+)(?::\d*)*;(\d+)(?::\d*)*;(\d+)(?::\d*)*t\Z")
_MODE = re.compile(r"\x1b\[\?(2026|2048);([0-4])\$y\Z")
_FOCUS = {"\x1b[I": events.AppFocus, "\x1b[O": events.AppBlur}
_FOCUS_EVENTS = events.AppFocus | events.AppBlur
_APART = 0.25
"""Seconds between two reports of the focus, or of the size, that the app is told."""

_PRIVATE = range(57344, 63744)
"""Codes of the kitty protocol for keys that are no characters."""

_MANY_DIGITS = 8


class KeyReader:
    """Makes messages of tokens; what several of one read would say, only the last one does."""

    def __init__(self) -> None:
        self._parser = XTermParser()
        self._focus, self._size = _Seldom(), _Seldom()

    def messages(self, tokens: Iterable[Token], now: float) -> list[Message]:
        """Return what the tokens of one read say; the focus and the size perhaps a moment later.

        Whatever a terminal sends of these, the app is told a few times a second only.
        """
        said: list[Message] = []
        for token in tokens:
            for message in self._messages(token):
                if said and _replaces(message, said[-1]):
                    said.pop()
                said.append(message)
        return [
            message
            for message in said
            if (reports := self._reports_of(message)) is None or reports.is_due(message, now)
        ] + self.due(now)

    def due(self, now: float) -> list[Message]:
        """Return what has been held back long enough."""
        return [*self._focus.due(now), *self._size.due(now)]

    def _reports_of(self, message: Message) -> "_Seldom | None":
        if isinstance(message, _FOCUS_EVENTS):
            return self._focus
        return self._size if isinstance(message, events.Resize) else None

    def _messages(self, token: Token) -> Iterator[Message]:
        if isinstance(token, Pasted):
            if text := _cleaned(token.text):
                yield events.Paste(text)
        elif isinstance(token, Typed):
            yield from self._typed(token.character)
        elif token.text[1] == "[" and len(token.text) > 2:
            yield from self._control_sequence(token.text)
        elif token.text in ANSI_SEQUENCES_KEYS:
            yield from self._known(token.text)
        elif len(token.text) == 2:
            character = token.text[1]
            yield from self._parser._sequence_to_key_events(  # noqa: SLF001
                latin(character) or character, alt=True
            )

    def _typed(self, character: str, base: str = "") -> Iterator[events.Key]:
        if character == ESC:
            yield events.Key("escape", ESC)
            return
        if (character > "~" and not character.isprintable() and character != "\x7f") or (
            character == "\ufffd"  # bytes that are no text, as a mouse sends them
        ):
            return
        for key in self._parser._sequence_to_key_events(character):  # noqa: SLF001
            if key.key == Keys.Ignore:
                continue
            if same_place := latin(character, base):
                yield LayoutKey(key, next(self._typed(same_place)))
            else:
                yield key

    def _known(self, sequence: str) -> Iterator[events.Key]:
        for key in self._parser._sequence_to_key_events(sequence):  # noqa: SLF001
            if key.key != Keys.Ignore:
                yield key

    def _control_sequence(self, text: str) -> Iterator[Message]:
        if text in _FOCUS:
            yield _FOCUS[text]()
        elif match := _MOUSE.match(text):
            if int(match[2]) <= _FARTHEST and int(match[3]) <= _FARTHEST:
                mouse = self._parser.parse_mouse_code(text)
                yield from [mouse] if mouse else []
        elif match := _SIZE.match(text):
            yield self._resized(*match.groups())
        elif match := _MODE.match(text):
            yield from _mode(match[1], int(match[2]))
        elif match := _KEY.match(text):
            yield from self._pressed(match, text)
        elif text in ANSI_SEQUENCES_KEYS:
            yield from self._known(text)

    def _resized(self, *told: str) -> events.Resize:
        most = (MOST_ROWS, MOST_COLUMNS, _MOST_PIXELS, _MOST_PIXELS)
        rows, columns, height, width = (
            max(1, min(limit, int(number[:_MANY_DIGITS])))
            for number, limit in zip(told, most, strict=True)
        )
        # Fewer pixels than cells: it does not know.
        pixels = (width, height) if width >= columns and height >= rows else (columns, rows)
        event = events.Resize.from_dimensions((columns, rows), pixels)
        parser = self._parser
        parser.terminal_size, parser.terminal_pixel_size = event.size, event.pixel_size
        parser.mouse_pixels = True
        return event

    def _pressed(self, match: re.Match[str], text: str) -> Iterator[events.Key]:
        """Read a key as kitty's protocol has it, or xterm's modifyOtherKeys (`CSI 27;…;…~`)."""
        fields = [_numbers(field) for field in match.groups()[:3]]
        final = match[4]
        if None in fields:
            return
        codes, modifiers, written = (field or () for field in fields)
        if final == "~" and codes == (27,) and written:
            codes, written, final = written[:1], (), "u"
        code = codes[0] if codes and codes[0] else 1
        held, event = _padded(modifiers, (1, 1))
        if not (1 <= held <= 256 and event in {1, 2}):
            return
        if f"{code}{final}" in FUNCTIONAL_KEYS:
            if not (final == "R" and held == 1):  # where the cursor is, which nobody asks
                yield from self._named(code, held, final)
        elif final == "u":
            yield from self._character(codes, held - 1, written)
        elif text in ANSI_SEQUENCES_KEYS:
            yield from self._known(text)

    def _character(
        self, codes: tuple[int, ...], held: int, written: tuple[int, ...]
    ) -> Iterator[events.Key]:
        plain, shifted, base = (_character(code) for code in _padded(codes, (0, 0, 0)))
        typed = [character for character in map(_character, written) if character]
        if typed and not held & (_COMMANDS & ~_ALT):
            for character in typed:
                yield from self._typed(character, base)
        elif plain and not held & _COMMANDS:
            if held & _SHIFT:
                plain = shifted or (plain.upper() if len(plain.upper()) == 1 else plain)
            yield from self._typed(plain, base)
        elif plain:
            key = (latin(plain, base) or plain).lower()
            yield from self._named(ord(key[0]), held + 1, "u")

    def _named(self, code: int, held: int, final: str) -> Iterator[events.Key]:
        modifiers = f";{held}" if held > 1 else ""
        parsed = self._parser._parse_extended_key(f"\x1b[{code}{modifiers}{final}")  # noqa: SLF001
        for key in parsed or ():
            yield key.copy()


class _Seldom:
    """Lets reports of one kind pass now and then, and the last one in any case."""

    def __init__(self) -> None:
        self._told_at = float("-inf")
        self._told: Message | None = None
        self._held: Message | None = None

    def is_due(self, message: Message, now: float) -> bool:
        """Return whether to pass `message` on now; else it may be `due` later."""
        self._held = message
        return bool(self.due(now))

    def due(self, now: float) -> list[Message]:
        """Return what has been held back, if it is time, and if it says anything new."""
        if self._held is None or now - self._told_at < _APART:
            return []
        message, self._held = self._held, None
        same = isinstance(message, _FOCUS_EVENTS) and type(message) is type(self._told)
        self._told, self._told_at = message, now
        return [] if same else [message]


def _numbers(field: str | None) -> tuple[int, ...] | None:
    """Return the sub-parameters of `field`; None if one of them cannot be a character."""
    parts = field.split(":") if field else []
    if any(len(part) > _MANY_DIGITS for part in parts):
        return None
    return tuple(int(part or 0) for part in parts)


def _padded(numbers: tuple[int, ...], defaults: tuple[int, ...]) -> tuple[int, ...]:
    given = numbers[: len(defaults)]
    filled = (*given, *defaults[len(given) :])
    return tuple(number or default for number, default in zip(filled, defaults, strict=True))


def _character(code: int) -> str:
    """Return the printable character of `code`, empty if it has none."""
    if code > 0x10FFFF or code in _PRIVATE or not chr(code).isprintable():
        return ""
    return chr(code)


def _mode(mode: str, setting: int) -> Iterator[Message]:
    if mode == "2026" and setting > 0:
        yield messages.TerminalSupportsSynchronizedOutput()
    elif mode == "2048" and constants.SMOOTH_SCROLL and not IS_ITERM:
        yield messages.InBandWindowResize.from_setting_parameter(setting)


def _replaces(message: Message, before: Message) -> bool:
    """Return whether what `message` says makes what was said right before it needless."""
    return (
        (isinstance(message, _FOCUS_EVENTS) and isinstance(before, _FOCUS_EVENTS))
        or (isinstance(message, events.Resize) and isinstance(before, events.Resize))
        or (type(message) is type(before) is events.MouseMove)
    )


def _cleaned(text: str) -> str:
    from moa_tui.text import clean  # noqa: PLC0415 - 5 ms that the first frame can do without

    return clean(text.replace("\r\n", "\n").replace("\r", "\n"))
