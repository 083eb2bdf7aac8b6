"""The faults that a turn has to survive: after every event of a stream, and of whole responses."""

from collections.abc import Callable, Mapping

from tests.double import Answer, errors, faults, framing, odd_events, packed
from tests.double.faults import Fault

PIECES = ("One ", "two ", "three ", "four.")
WHOLE = "".join(PIECES)
HIT = Answer.of(*PIECES)
PLACES = range(len(PIECES) + 4)
"""Behind the headers, the role, each piece, the finish chunk, and `[DONE]`."""

SILENT = {"stall", "pings", "nothing comes", "headers one by one"}
"""What only a clock ends."""

AFTER_EVENTS: Mapping[str, Callable[[int], Fault]] = {
    "reset": lambda k: faults.Cut(k, "reset"),
    "cut chunked body": lambda k: faults.Cut(k, "fin"),
    "clean cut": lambda k: faults.Cut(k, "end"),
    "half an event": lambda k: faults.Cut(k, "end", half=True),
    "half an event, reset": lambda k: faults.Cut(k, "reset", half=True),
    "bad chunk": faults.BadChunk,
    "stall": faults.Stall,
    "pings": lambda k: faults.Pings(k, every=0.005),
    "bad JSON": faults.bad_json,
    "choices null": faults.choices_null,
    "error event": faults.error_event,
    "named error event": lambda k: faults.error_event(k, name="error"),
    "error of text": lambda k: faults.error_event(k, "overloaded", status_code=None),
    "gzip cut": packed.Gzipped,
    "gzip noise": lambda k: packed.Gzipped(k, "noise"),
    "gzip bomb": lambda k: packed.Gzipped(k, "bomb"),
    **odd_events.NOT_TEXT,
    **odd_events.HARMLESS,
    **odd_events.NOT_EVENTS,
    **odd_events.ENDS,
}

_SOON = {f"x-ratelimit-reset-{metric}-minute": "0.05" for metric in ("requests", "tokens")}

RESPONSES: Mapping[str, Answer] = {
    "empty 200": Answer(fault=faults.EMPTY),
    "web page with 200": Answer(fault=faults.HTML_200),
    "[DONE] only": Answer(fault=faults.DONE_ONLY),
    "JSON error with 200": Answer(fault=faults.JSON_ERROR_200),
    "a document instead of a stream": Answer(WHOLE, fault=faults.NotStreamed()),
    "not gzip": Answer(WHOLE, headers={"content-encoding": "gzip"}),
    "no finish": Answer(WHOLE, fault=faults.NoFinish()),
    "no [DONE], hanging": Answer(WHOLE, fault=faults.NoDone()),
    "no [DONE], ended": Answer(WHOLE, fault=faults.NoDone(hang=False)),
    "nothing comes": Answer(fault=faults.NoAnswer("hold")),
    "reset before the headers": Answer(fault=faults.NoAnswer("reset")),
    "closed before the headers": Answer(fault=faults.NoAnswer("fin")),
    "headers one by one": Answer(WHOLE, fault=faults.SlowHead(0.01)),
    "empty text": Answer(""),
    "white space": Answer(" \n "),
    "only reasoning, at the limit": Answer("", "Hmm.", finish_reason="length"),
    "at the limit": Answer(WHOLE, finish_reason="length"),
    "filtered": Answer(WHOLE, finish_reason="content_filter"),
    "byte order mark": Answer(WHOLE, fault=framing.Bom()),
    "CRLF": Answer(WHOLE, fault=framing.LineEnds(b"\r\n")),
    "CR": Answer(WHOLE, fault=framing.LineEnds(b"\r")),
    "comments": Answer(WHOLE, fault=framing.Comments()),
    "byte by byte": Answer(WHOLE, fault=framing.Bytewise()),
    "characters split": Answer(WHOLE, fault=framing.SplitCharacters()),
    "no content type": Answer(WHOLE, headers={"content-type": ""}),
    "redirect": Answer(failure=errors.plain(307), headers={"location": "/v1/models"}),
    "redirect to itself": Answer(
        failure=errors.plain(308), headers={"location": "/v1/chat/completions"}
    ),
    "request quota": Answer(failure=errors.REQUEST_QUOTA, headers=_SOON),
    "token quota": Answer(failure=errors.TOKEN_QUOTA, headers=_SOON),
    "day quota": Answer(failure=errors.token_quota("day")),
    "queue exceeded": Answer(failure=errors.QUEUE_EXCEEDED),
    "payment required": Answer(failure=errors.PAYMENT_REQUIRED),
    "wrong key": Answer(failure=errors.WRONG_KEY),
    "not authenticated": Answer(failure=errors.NOT_AUTHENTICATED),
    "unknown model": Answer(failure=errors.MODEL_NOT_FOUND),
    "context too long": Answer(failure=errors.context_length()),
    "web page with 500": Answer(failure=errors.HTML_500),
    **{f"status {code}": Answer(failure=errors.plain(code)) for code in (400, 408, 413, 502, 503)},
}

ASKED_ONCE = {
    "redirect",
    "redirect to itself",
    "day quota",
    "payment required",
    "wrong key",
    "not authenticated",
    "unknown model",
    "context too long",
    "status 400",
    "status 413",
    "web page with 200",
}
"""What asking again would not change."""

GOOD = {
    "a document instead of a stream",
    "no [DONE], hanging",
    "no [DONE], ended",
    "byte order mark",
    "CRLF",
    "CR",
    "comments",
    "byte by byte",
    "characters split",
    "no content type",
}
"""What is odd, and a complete answer all the same."""
