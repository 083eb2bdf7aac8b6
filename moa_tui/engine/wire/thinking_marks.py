"""The marks with which models part their thinking from their answer, as patterns.

Sources: chat templates and the reasoning parsers of vLLM and SGLang: DeepSeek, Qwen, GLM, MiniMax,
Phi, Gemini (<thought>), Claude-like prompts, Magistral ([THINK]), Kimi, Seed, LongCat, OpenThinker,
Cohere's Command A, gpt-oss (harmony), Gemma 4, Apertus, Granite.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto

_STRONG = [
    *("think", "thinking", "seed:think", "mm:think", "antml:thinking", "ant:thinking"),
    *("antthinking", "longcat_think", "longcat:think", "internal_thinking", "thinking_process"),
]
"""Names that nobody gives to a part of an answer."""

_WEAK = [
    *("thought", "thoughts", "thought_process", "reasoning", "reason", "reflection"),
    *("reflections", "reflect", "scratchpad", "inner_monologue", "internal_monologue"),
    *("monologue", "inner_thoughts", "chain_of_thought", "cot"),
]
"""Names that an answer in XML may have; they count at its beginning, and where one only closes."""

_NAMES = "|".join(sorted(map(re.escape, [*_STRONG, *_WEAK]), key=len, reverse=True))
_BAR = r"[|｜]"
_KIND = r"(?:thoughts?|think(?:ing)?|reasoning|cot)"
_BETWEEN = r"[_▁ -]"

HEADER = re.compile(
    r"(?:<\|start\|>\s{0,4}(?:assistant)?\s{0,4})?<\|channel\|>\s{0,4}([a-z_]{1,30})[^<\n]{0,120}"
    r"(?:<\|constrain\|>[^<\n]{0,40})?<\|message\|>"
    r"|<\|start\|>\s{0,4}assistant\s{0,4}<\|message\|>",
    re.IGNORECASE,
)
"""What begins a message of gpt-oss: its channel is in the first group, none is the answer's."""

HEADER_BEGINS = re.compile(r"<\|(?:start|channel)\|>[^\n]{0,250}\Z", re.IGNORECASE)


class Mark(Enum):
    """What a mark does."""

    OPENS = auto()
    CLOSES = auto()
    HEADER = auto()
    ENDS = auto()
    """Ends a model's turn; at the end of a text it is none of it."""
    WRAPS = auto()
    """Stands around the answer of a model that has thought."""
    STRIKES = auto()
    """HTML's <s>, whose closing tag looks like an end mark."""


_OPEN = (
    rf"<\s?(?P<tag>{_NAMES})(?:\s[^<>\n]{{0,60}})?>"
    rf"|\[(?P<bracket>THINK(?:ING)?|THOUGHT|REASONING)\]"
    rf"|◁\s?(?P<kimi>think(?:ing)?)\s?▷"
    rf"|<{_BAR}(?:(?P<begin>begin|start){_BETWEEN}(?:of{_BETWEEN})?)?(?P<bar>{_KIND})"
    rf"(?:{_BETWEEN}(?:start|begin))?{_BAR}>"
    rf"|<\|(?P<inner>inner_prefix)\|>"
    rf"|<(?P<gemma>\|channel|unused94)>(?:\s{{0,2}}thought\n?)?"
)
_CLOSE = (
    rf"<\s?/\s?(?:{_NAMES})\s?>"
    rf"|\[/(?:THINK(?:ING)?|THOUGHT|REASONING)\]"
    rf"|◁\s?/\s?think(?:ing)?\s?▷"
    rf"|<{_BAR}(?:/|end{_BETWEEN}(?:of{_BETWEEN})?){_KIND}{_BAR}>"
    rf"|<{_BAR}{_KIND}{_BETWEEN}end{_BAR}>"
    rf"|<\|inner_suffix\|>"
    rf"|<(?:channel\||unused95)>"
)
_EMPTY = rf"<\s?(?:{_NAMES})\s?/>"
_ANSWER = r"(?:solution|response|answer|text)"
_WRAP = rf"<{_BAR}(?:begin|start|end){_BETWEEN}(?:of{_BETWEEN})?{_ANSWER}{_BAR}>"
_END = (
    rf"<{_BAR}(?:eot_id|eom_id|im_end|end|return|call|endoftext|end_of_text|end_of_turn|eos|eot"
    rf"|end_of_turn_token|end{_BETWEEN}of{_BETWEEN}sentence|endofprompt|end_of_msg|eoa){_BAR}>"
    r"|</s>|<eos>|<end_of_turn>|<turn\|>|<end_of_utterance>|\[EOS\]"
)

OPENING = re.compile(_OPEN, re.IGNORECASE)
EMPTY = re.compile(_EMPTY, re.IGNORECASE)
CLOSING = re.compile(_CLOSE, re.IGNORECASE)
WRAPPING = re.compile(_WRAP, re.IGNORECASE)
ENDING = re.compile(rf"(?:(?:{_END})\s*)+", re.IGNORECASE)
HARMONY_CLOSING = re.compile(rf"<\|(?:end|return|call)\|>|{HEADER.pattern}", re.IGNORECASE)
ANY = re.compile(
    rf"(?P<closes>{_CLOSE})|(?P<wraps>{_WRAP})|(?P<header><\|(?:start|channel)\|>)"
    rf"|(?P<ends>{_END})|(?P<strikes><s>)|(?P<opens>{_EMPTY}|{_OPEN})",
    re.IGNORECASE,
)
_KINDS = {
    "closes": Mark.CLOSES,
    "wraps": Mark.WRAPS,
    "header": Mark.HEADER,
    "ends": Mark.ENDS,
    "strikes": Mark.STRIKES,
    "opens": Mark.OPENS,
}


def kind_of(found: re.Match[str]) -> Mark:
    """Return what a match of ANY does."""
    return next(kind for name, kind in _KINDS.items() if found[name])


def is_strong(opening: re.Match[str]) -> bool:
    """Whether an opening mark cannot be a part of an answer by its name."""
    name = opening["tag"]
    return name is None or name.lower() in _STRONG


@dataclass(frozen=True, slots=True)
class Phrase:
    """Thinking that words begin and end; only the end proves it. `cut` of the end is no answer."""

    begins: re.Pattern[str]
    holds: str
    ends: str


PHRASES = (
    # gpt-oss behind a server that drops its marks.
    Phrase(re.compile(r"analysis(?=[A-Z\"'])"), "analysis", "assistantfinal"),
    Phrase(
        re.compile(r"Here is my thought process:"),
        "Here is my thought process:",
        "Here is my response:",
    ),
    Phrase(
        re.compile(r"Here's my thought process:"),
        "Here's my thought process:",
        "Here's my response:",
    ),
)

_MARK_STARTS = [
    *(_STRONG + _WEAK),
    *("|start|>", "|channel|>", "|channel>", "channel|>", "|inner_prefix|>", "|inner_suffix|>"),
    *("s>", "/s>", "eos>", "unused94>", "unused95>", "end_of_turn>", "turn|>", "end_of_utterance>"),
]
_BARRED = re.compile(r"<[|｜][/a-z_▁ -]{0,40}[|｜]?", re.IGNORECASE)
_TAGGED = re.compile(r"<\s?(/?)\s?([a-z0-9_:|>/]{0,20})\s?/?", re.IGNORECASE)
_WITH_ATTRIBUTES = re.compile(rf"<\s?(?:{_NAMES})\s[^<>\n]{{0,60}}", re.IGNORECASE)
_OTHERS = re.compile(r"\[/?[a-z]{0,9}|◁\s?/?\s?[a-z]{0,8}\s?", re.IGNORECASE)
_BRACKETED = ("think]", "thinking]", "thought]", "reasoning]", "eos]")
TRIGGERS = re.compile(r"[<\[◁]")


def begin_of_mark(text: str) -> int:
    """Return where a mark may begin that `text` ends within; its length where none does."""
    for found in TRIGGERS.finditer(text, max(0, len(text) - 90)):
        if _may_be_mark(text[found.start() :]):
            return found.start()
    return len(text)


def _may_be_mark(tail: str) -> bool:
    if tail[0] == "[":
        said = tail[1:].removeprefix("/").lower()
        return bool(_OTHERS.fullmatch(tail)) and any(w.startswith(said) for w in _BRACKETED)
    if tail[0] == "◁":
        return bool(_OTHERS.fullmatch(tail))
    if tail[1:2] in ("|", "｜") and _BARRED.fullmatch(tail):
        return True
    if found := _TAGGED.fullmatch(tail):
        said = found[2].lower().rstrip("/")
        return any(f"{w}>".startswith(said) for w in _MARK_STARTS) or said == "/s"
    return bool(_WITH_ATTRIBUTES.fullmatch(tail))
