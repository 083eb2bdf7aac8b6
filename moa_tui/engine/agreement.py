"""What answers agree and differ on, measured by their words: no request, no model. Pure.

Each answer is parted into sentences. A word weighs log(1 + sentences / sentences that have it), the
usual inverse document frequency (K. Spärck Jones, 1972). Two answers are as alike as the cosine of
their weighted word counts. A sentence says what another says if their common words have SAME of the
weight of the lighter one. It sees words, not meanings: a denial looks like what it denies.

Answers are strangers' texts: how much of them is looked at is bounded before the work begins.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

SAME = 0.6
MOST_SENTENCES = 400
"""Of all answers together: comparing each with each of the others stays below a tenth of a second.

Of longer answers the first ones are taken, as many of each."""

MOST_CHARACTERS = 64 * 1024
"""Of each answer, from its beginning."""

_MOST_WORDS = 80
"""Words of a sentence that are compared: what is longer is no sentence."""

_FEWEST_WORDS = 3
_COMMON_WORDS = 2
_TABLE = 3
"""Bars that make a line a row of a table."""

_FENCE = re.compile(r" {0,24}(`{3,}|~{3,})")
_DISPLAY = {"$$": "$$", "\\[": "\\]"}
_INLINE = re.compile(r"\\\(.{1,300}?\\\)|\$[^$\s][^$\n]{0,200}\$")
_ITEM = re.compile(r"(?:[-+•]|\d{1,9}[.)])\s+")
_MARKS = re.compile(r"[*_`#>|]+")
_ENDS = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_]+")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence as it was first written, and the answers that say it, by their number."""

    text: str
    by: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How alike `names`' answers are (0 to 1), what most of them say, what one of them says alone.

    `compared` of `sentences` were looked at. Statements that most share come first; the single ones
    are in the order of how much is in them.
    """

    names: tuple[str, ...]
    matrix: tuple[tuple[float, ...], ...] = ()
    shared: tuple[Statement, ...] = ()
    alone: tuple[Statement, ...] = ()
    sentences: int = 0
    compared: int = 0


@dataclass(frozen=True, slots=True)
class _Sentence:
    answer: int
    text: str
    words: frozenset[str]
    weight: float


def agreement(answers: Sequence[tuple[str, str]]) -> Agreement:
    """Compare `answers`, each a name and a text."""
    parted = [sentences_of(text) for _, text in answers]
    each = MOST_SENTENCES // max(1, len(answers))
    taken = [sentences[:each] for sentences in parted]
    weights = _weights([words for sentences in taken for _, words in sentences])
    sentences = [
        _Sentence(number, text, words, sum(weights[word] for word in words))
        for number, found in enumerate(taken)
        for text, words in found
        if len(words) >= _FEWEST_WORDS
    ]
    statements = [
        (Statement(group[0].text, tuple(sorted({s.answer for s in group}))), group[0].weight)
        for group in _grouped(sentences, weights)
    ]
    majority = max(2, len(answers) // 2 + 1)
    shared = [
        s for s, _ in sorted(statements, key=lambda s: -len(s[0].by)) if len(s.by) >= majority
    ]
    alone = [s for s, _ in sorted(statements, key=lambda s: -s[1]) if len(s.by) == 1]
    return Agreement(
        names=tuple(name for name, _ in answers),
        matrix=_matrix([[w for _, words in found for w in words] for found in taken], weights),
        shared=tuple(shared),
        alone=tuple(alone),
        sentences=sum(map(len, parted)),
        compared=sum(map(len, taken)),
    )


def sentences_of(text: str) -> list[tuple[str, frozenset[str]]]:
    """Return the sentences of a Markdown text with their words.

    Code, tables and formulas are not looked at: what is alike in them are their marks.
    """
    found: list[tuple[str, frozenset[str]]] = []
    for line in _prose(text[:MOST_CHARACTERS].split("\n")):
        for part in _ENDS.split(_INLINE.sub(_without_formula, line)):
            sentence = " ".join(_MARKS.sub(" ", part).split())
            words = _WORD.findall(sentence.casefold())
            if words:
                found.append((sentence, frozenset(words[:_MOST_WORDS])))
    return found


def _prose(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines that are prose, without the marks that make them items of lists."""
    fence = display = ""
    for line in lines:
        text = line.strip()
        if display:
            display = "" if display in text else display
        elif fence:
            fence = "" if text.startswith(fence) and not text.strip(fence[0]) else fence
        elif mark := _FENCE.match(line):
            fence = mark[1]
        elif text[:2] in _DISPLAY:
            closing = _DISPLAY[text[:2]]
            display = "" if closing in text[2:] else closing
        elif text and not text.startswith("|") and text.count("|") < _TABLE:
            bare = text.lstrip("> \t")
            yield _ITEM.sub("", bare, count=1) if _ITEM.match(bare) else bare


def _without_formula(match: re.Match[str]) -> str:
    """Return a mark in place of a formula; `$5 and $` is none."""
    return " … " if set(match[0]) & set("\\^_{=") else match[0]


def _weights(sentences: Sequence[frozenset[str]]) -> Mapping[str, float]:
    having = Counter(word for words in sentences for word in words)
    return {word: math.log(1 + len(sentences) / count) for word, count in having.items()}


def _grouped(sentences: Sequence[_Sentence], weights: Mapping[str, float]) -> list[list[_Sentence]]:
    """Put each sentence to the first one that says the same; they are compared with that only."""
    groups: list[list[_Sentence]] = []
    for sentence in sentences:
        group = next((g for g in groups if _says_the_same(g[0], sentence, weights)), None)
        if group is None:
            groups.append([sentence])
        else:
            group.append(sentence)
    return groups


def _says_the_same(one: _Sentence, other: _Sentence, weights: Mapping[str, float]) -> bool:
    common = one.words & other.words
    if len(common) < _COMMON_WORDS:
        return False
    return sum(weights[word] for word in common) >= SAME * min(one.weight, other.weight)


def _matrix(
    answers: Sequence[Sequence[str]], weights: Mapping[str, float]
) -> tuple[tuple[float, ...], ...]:
    vectors = [
        {word: count * weights[word] for word, count in Counter(words).items()} for words in answers
    ]
    return tuple(tuple(_cosine(one, other) for other in vectors) for one in vectors)


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    product = sum(value * other.get(word, 0.0) for word, value in one.items())
    lengths = math.sqrt(sum(v * v for v in one.values()) * sum(v * v for v in other.values()))
    return min(1.0, product / lengths) if lengths else 0.0
