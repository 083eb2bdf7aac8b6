"""Untrusted text: nothing a terminal obeys gets through, and nothing anybody writes is lost."""

import json
import re
import sys
import time
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from moa_tui.text import StreamCleaner, clean, clean_data, clean_line

ESC, BEL, ST, CSI, OSC = "\x1b", "\x07", "\x1b\\", "\x9b", "\x9d"

ENGLAND = "🏴" + "".join(chr(0xE0000 + ord(c)) for c in "gbeng\x7f")
SCOTLAND = "🏴" + "".join(chr(0xE0000 + ord(c)) for c in "gbsct\x7f")

HOSTILE = {
    "colour": (f"a{ESC}[31;1mb{ESC}[0m", "a[31;1mb[0m"),
    "clear the screen": (f"{ESC}[2J{ESC}[H{ESC}[3Jgone", "[2J[H[3Jgone"),
    "write the clipboard, BEL": (f"{ESC}]52;c;cm0gLXJm{BEL}", "]52;c;cm0gLXJm"),
    "write the clipboard, ST": (f"{ESC}]52;c;cm0gLXJm{ST}x", "]52;c;cm0gLXJm\\x"),
    "read the clipboard": (f"{OSC}52;c;?\x9c", "52;c;?"),
    "title": (f"{ESC}]2;owned{BEL}", "]2;owned"),
    "link": (
        f"{ESC}]8;;https://evil.example{ST}bank{ESC}]8;;{ST}",
        "]8;;https://evil.example\\bank]8;;\\",
    ),
    "notification": (f"{ESC}]777;notify;a;b{BEL}{ESC}]9;4;3{BEL}", "]777;notify;a;b]9;4;3"),
    "unfinished": (f"before{ESC}]0;swallows the rest", "before]0;swallows the rest"),
    "device control": (f'{ESC}P$q"p{ST}{ESC}P+q544e{ST}', 'P$q"p\\P+q544e\\'),
    "application, privacy, start of string": (
        f"{ESC}_Ga=T{ST}{ESC}^x{ST}{ESC}Xx{ST}",
        "_Ga=T\\^x\\Xx\\",
    ),
    "eight-bit sequences": (f"{CSI}31m{OSC}0;t\x9c\x90q\x9c\x8fx", "31m0;tqx"),
    "modes": (f"{ESC}[?1049h{ESC}[?1003h{ESC}[?25l{ESC}[?2004h", "[?1049h[?1003h[?25l[?2004h"),
    "reports": (f"{ESC}[6n{ESC}[c{ESC}[>q{ESC}[21t\x05", "[6n[c[>q[21t"),
    "reset": (f"{ESC}c{ESC}[!p{ESC}#8", "c[!p#8"),
    "character sets": ("\x0e\x0flqk\x1b(0\x1bn", "lqk(0n"),
    "bells and backspaces": (f"safe\b\b\b\bevil{BEL}\x7f\x7f", "safeevil"),
    "overwriting": ("rm -rf /\rls -la  ", "rm -rf /ls -la  "),
    "NUL and the rest of C0": ("a" + "".join(map(chr, range(9))) + "b", "ab"),
    "form feed and vertical tab": ("a\x0bb\x0cc\x1cd\x1de\x1ef\x1f", "abcdef"),
    "all of C1": ("a" + "".join(chr(c) for c in range(0x80, 0xA0) if c != 0x85) + "b", "ab"),
    "two escapes in one": (f"{ESC}{ESC}[{ESC}31m", "[31m"),
    "line ends of Windows": ("a\r\nb\r\n", "a\nb\n"),
    "line ends of Unicode": ("a\u2028b\u2029c\x85d", "a\nb\nc\nd"),
    "text turned round": ("if \u202e{ nimda }\u202c", "if { nimda }"),
    "embedding": ("a\u202a\u202b\u202d", "a"),
    "isolates": ("\u2066a\u2067b\u2068c\u2069", "abc"),
    "direction marks": ("\u200ea\u200fb\u061c", "ab"),
    "zero width": ("p\u200ba\u2060s\ufeffs\u00ad", "pass"),
    "invisible mathematics": ("a\u2061\u2062\u2063\u2064b", "ab"),
    "retired format characters": ("a\u206a\u206b\u206c\u206d\u206e\u206fb\u180e", "ab"),
    "annotations": ("a\ufff9b\ufffac\ufffb", "abc"),
    "shorthand and music controls": ("a\U0001bca0\U0001bca3b\U0001d173\U0001d17ac", "abc"),
    "smuggled tags": ("hi" + "".join(chr(0xE0000 + ord(c)) for c in "\x01obey me\x7f"), "hi"),
    "half a pair": ("a\ud83db", "a\ufffdb"),
    "the other half": ("a\ude00b", "a\ufffdb"),
    "halves in the wrong order": ("\ude00\ud83d", "\ufffd\ufffd"),
    "halves with something between": ("\ud83d\u200b\ude00", "\ufffd\ufffd"),
    "two halves": ("a\ud83d\ude00b", "a\U0001f600b"),
    "one half too many": ("\ud83d\ud83d\ude00\ude00", "\ufffd\U0001f600\ufffd"),
    "a stack of accents": ("Z" + "\u0301" * 500 + "z", "Z" + "\u0301" * 8 + "z"),
    "stacks of all kinds": (
        "e" + "\u0301\u0483\u0591\u064b\u0e47\u1ab0\u20dd\ufe2f\U0001e000" * 9,
        "e\u0301\u0483\u0591\u064b\u0e47\u1ab0\u20dd\ufe2f",
    ),
    "a stack on nothing": ("\u0e47" * 100, "\u0e47" * 8),
    "a stack with joiners in it": (
        "Z" + "\u0301\u034f\u200d\u200c" * 50,
        "Z\u0301\u200d" + "\u0301" * 7,
    ),
    "a stack with dropped ones in it": ("Z" + "\u0301\u200b" * 50, "Z" + "\u0301" * 8),
    "bytes in variation selectors": ("x" + "\U000e0110\ufe01" * 40, "x"),
    "bytes in selectors after ideographs": ("葛" + "\U000e0110\ufe01" * 40, "葛\U000e0110"),
    "bytes in selectors after emoji": ("❤" + "\ufe0f\ufe0e\ufe01" * 40, "❤\ufe0f"),
    "supplementary selectors after an emoji": ("😀" + "\U000e0154\U000e0155" * 40, "😀"),
    "Mongolian selectors": ("a\u180b\u180c\u180d\u180e\u180fb", "ab"),
    "unassigned and ignored": (
        "a" + "\U000e0f00\ufff0\U000e0080\U000e01f0\U000e0fff\u2065" * 9 + "b",
        "ab",
    ),
    "fillers": ("a\u115f\u1160\u3164\uffa0b", "ab"),
    "Khmer's unseen vowels": ("a\u17b4\u17b5b", "ab"),
    "the order of points where there are none": ("a\u034fb", "ab"),
    "tags after a flag that there is not": (
        "🏴" + "".join(chr(0xE0000 + ord(c)) for c in "obeyme\x7f") + "a",
        "🏴a",
    ),
    "tags after England's": (
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f" + "\U000e0061" * 9,
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ),
    "tags that end too soon": ("🏴\U000e0067\U000e0062\U000e007fa", "🏴a"),
    "tags without an end": ("🏴\U000e0067\U000e0062", "🏴"),
    "joiners as bits": ("क" + "\u200d\u200c\u200c\u200d" * 20 + "ष", "क\u200d\u200cष"),
    "joiners without end": ("a" + "\u200d" * 1000 + "b", "a\u200db"),
    "a stack that hides a joiner": (
        "👩" + "\u0301" * 50 + "\u200d👩",
        "👩" + "\u0301" * 8 + "\u200d👩",
    ),
}

ORDINARY = {
    "Latin": "Zażółć gęślą jaźń, naïve façade, Việt Nam, ﬁn — “quoted” … £5 ½ × ≠ ∞\t|\n",
    "Latin, decomposed": unicodedata.normalize("NFD", "Tiếng Việt: phở, đường, ở đâu"),
    "Greek": "Ξεσκεπάζω τὴν ψυχοφθόρα βδελυγμία ᾷ",
    "Cyrillic": "Съешь же ещё этих мягких французских булок; ѣ҃",
    "Arabic": "السَّلَامُ عَلَيْكُمْ — مرحبًا بالعالم ١٢٣",
    "Persian": "می\u200cخواهم این نامه\u200cها را",
    "Hebrew": "בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים",
    "Devanagari": "क्षत्रिय: हिन्दी में लिखें, र्\u200dय और क्\u200cष",
    "Tamil": "தமிழ் மொழி கொள்ளை",
    "Thai": "ที่นี่มีน้ำใจ ปู่ กู้ไข้ ๑๒๓",
    "Khmer": "ភាសាខ្មែរ ស្ត្រី",
    "Burmese": "မြန်မာဘာသာ ကျွန်ုပ်",
    "Tibetan": "བོད་སྐད། ཧྐྵྨླྺྼྻྂ",
    "Chinese": "床前明月光,疑是地上霜。「引用」葛\U000e0100",
    "Japanese": "いろはにほへと パーティー か\u3099 ①",
    "Korean": "안녕하세요 세계, " + unicodedata.normalize("NFD", "한글"),
    "emoji": "👩‍💻 👨‍👩‍👧‍👦 👩🏽‍❤️‍💋‍👨🏻 ❤️ 1️⃣ 🏳️‍🌈 🏴‍☠️ 🇺🇳 ☺︎",
    "flags": f"{ENGLAND} {SCOTLAND}🇺🇳",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ\u180b ᠠ\u180eᠠ\u180c",
    "Hebrew with its points in order": "יְרוּשָׁלַ\u034fִם",
    "variants": "0\ufe00 ∩\ufe00 葛\U000e0101飴 ꡠ\ufe00 ©️ 〰️",
    "box drawing": "┌─┬─┐\n│█░│⣿\n└─┴─┘ \ue0b0",
    "code": 'def f(x: int) -> str:\n\treturn f"{x!r}\\n"  # [red]$var[/]',
    "letters with marks as they come": "ǹ́ẽ̌ x̂⃗ a̲b̲ Å̲ q̃̄",
}


@pytest.mark.parametrize(("text", "cleaned"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_text(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize("text", [*ORDINARY.values(), *(h for h, _ in HOSTILE.values())])
def test_one_character_at_a_time(text: str) -> None:
    assert in_pieces(text, range(len(text))) == clean(text)


def in_pieces(text: str, cuts: "range | list[int]") -> str:
    cleaner = StreamCleaner()
    places = [0, *sorted(cuts), len(text)]
    pieces = [text[start:end] for start, end in pairwise(places)]
    return "".join(map(cleaner.feed, pieces)) + cleaner.flush()


def unwanted(text: str) -> set[str]:
    """What must never be in a cleaned text."""
    return {
        char
        for char in text
        if (unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} and char not in "\n\t")
        or unicodedata.bidirectional(char) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI"}
        or unicodedata.bidirectional(char) in {"FSI", "PDI"}
        or char in "\u200b\u200e\u200f\u061c\u2060\ufeff\u00ad"
        or (ignorable(char) and char not in MAY_STAND)
    }


IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
"""Default_Ignorable_Code_Point of Unicode 16 (DerivedCoreProperties.txt)."""

MAY_STAND = {
    *("\u034f", "\u200c", "\u200d", *map(chr, range(0x180B, 0x1810))),
    *(*map(chr, range(0xFE00, 0xFE10)), *map(chr, range(0xE0100, 0xE01F0))),
    *map(chr, range(0xE0020, 0xE0080)),
}


def ignorable(char: str) -> bool:
    return IGNORABLE.match(char) is not None


@pytest.mark.parametrize("base", ["", "a", " ", "я", "अ", "葛", "❤", "😀", "🏴", "ᠮ", "א", "0"])
def test_nothing_that_nobody_sees_stands_more_than_once(base: str) -> None:
    """Whatever is ignored by every screen, alone and in any pair, and twenty times."""
    hidden = [c for c in map(chr, range(sys.maxunicode + 1)) if ignorable(c)]
    for char in hidden:
        assert clean(f"{base}{char * 20}.").count(char) <= 1
    everything = clean(f"{base}{''.join(hidden)}.")
    # A joiner of each kind, and one selector: 3.
    assert len(everything) <= len(base) + 3 + 1


@given(
    text=st.text(
        st.sampled_from([*"abc 葛❤अ", "🏴"])
        | st.sampled_from([c for c in map(chr, range(sys.maxunicode + 1)) if IGNORABLE.match(c)]),
        max_size=200,
    )
)
def test_what_is_hidden_is_less_than_what_is_seen(text: str) -> None:
    shown = clean(text)
    hidden = sum(map(ignorable, shown))
    assert hidden <= 3 * (len(shown) - hidden) + 1


def test_every_code_point_by_itself() -> None:
    for start in range(0, sys.maxunicode, 4096):
        assert unwanted(clean(" ".join(map(chr, range(start, start + 4096))))) == set()


def test_every_mark_is_counted() -> None:
    marks = [
        c
        for c in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(c) in {"Mn", "Me"} and not ignorable(c)
    ]
    kept = [clean(f"x{mark * 20}").count(mark) for mark in marks]
    assert set(kept) == {8}


NASTY = st.sampled_from(
    [
        *(ESC, BEL, CSI, OSC, "\r", "\n", "\t", "\x00", "\x7f", "\x85", "\u2028", "[31m"),
        *("\u202e", "\u2066", "\u200f", "\u200b", "\ufeff", "\u00ad", "\U000e0041", "\U000e0100"),
        *("🏴", "\U000e0067\U000e0062", "\U000e0065\U000e006e\U000e0067", "\U000e007f", "葛", "❤"),
        *("\u180b", "ᠮ", "א", "\u3164", "\ufff0", "\U000e0f00", "0", "\ufe0e"),
        *("\ud83d", "\ude00", "\ud83d\ude00", "\U0001f469", "\u200d", "\u200c", "\ufe0f", "\u034f"),
        *("\u0301", "\u0301" * 7, "\u0e47" * 5, "\u05b0" * 4, "\U0001e000", "a", "é", "混", " "),
    ]
)
# A busy machine is no failure.
unhurried = settings(deadline=None)

TEXT = st.lists(NASTY | st.characters(exclude_categories=()), max_size=40).map("".join)


@unhurried
@given(text=TEXT)
@example(text="\u05b0" * 20 + "a\u0301")
@example(text="a\u05b0" + "\u0301" * 8)
def test_cleaning_again_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@unhurried
@given(text=TEXT)
def test_nothing_unwanted_is_left(text: str) -> None:
    assert unwanted(clean(text)) == set()
    clean(text).encode("utf-8")


@unhurried
@given(text=TEXT)
@example(text="👩" + "\u0301" * 9 + "\u200d👩")
@example(text="\u202e\u2066if\u2069\u200f\xad\ufeff\ud83d")
def test_it_takes_no_more_room_than_before(text: str) -> None:
    assert cell_len(clean(text)) <= cell_len(text)


@unhurried
@given(text=st.text(st.characters(categories=("L", "N", "P", "S", "Zs")) | st.sampled_from("\n\t")))
def test_letters_digits_and_signs_of_any_script_stay_as_they_are(text: str) -> None:
    assert clean(text) == text


@unhurried
@given(
    data=st.recursive(
        st.none() | st.integers() | TEXT,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
        max_leaves=8,
    )
)
def test_every_text_in_data_is_cleaned(data: object) -> None:
    cleaned = clean_data(data)
    assert unwanted(json.dumps(cleaned, ensure_ascii=False)) == set()
    assert clean_data(cleaned) == cleaned


@unhurried
@given(text=TEXT, data=st.data())
def test_the_result_does_not_depend_on_the_pieces(text: str, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=8))
    assert in_pieces(text, cuts) == clean(text)


@unhurried
@given(first=TEXT, second=TEXT)
def test_what_has_been_shown_is_not_taken_back(first: str, second: str) -> None:
    cleaner = StreamCleaner()
    assert clean(first + second).startswith(cleaner.feed(first))


def test_half_a_pair_is_held_back_until_the_other_half_comes() -> None:
    cleaner = StreamCleaner()
    assert [cleaner.feed("a\ud83d"), cleaner.feed(""), cleaner.feed("\ude00b")] == [
        "a",
        "",
        "\U0001f600b",
    ]
    assert cleaner.flush() == ""


def test_half_a_pair_at_the_end() -> None:
    cleaner = StreamCleaner()
    assert (cleaner.feed("a\ud83d"), cleaner.flush(), cleaner.flush()) == ("a", "\ufffd", "")


def test_two_streams_do_not_mix() -> None:
    one, other = StreamCleaner(), StreamCleaner()
    one.feed("\ud83d" + "\u0301" * 8)
    one.feed("\ud83d")
    assert other.feed("\ude00\u0301") == "\ufffd\u0301"


@pytest.mark.parametrize(
    ("text", "limit", "line"),
    [
        ("  two\n\n lines\tand\r\nmore ", 200, "two lines and more"),
        (f"a{ESC}[31m\u2028b\x85c", 200, "a[31m b c"),
        ("", 200, ""),
        ("x" * 200, 200, "x" * 200),
        ("x" * 201, 200, "x" * 199 + "…"),
        ("x" * 10_000_000, 5, "xxxx…"),
        ("ab cd", 3, "ab…"),
    ],
)
def test_one_line(text: str, limit: int, line: str) -> None:
    assert clean_line(text, limit) == line


@unhurried
@given(text=TEXT, limit=st.integers(1, 50))
def test_a_line_is_one_line_within_its_limit(text: str, limit: int) -> None:
    line = clean_line(text, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1
    assert "\t" not in line
    assert unwanted(line) == set()


@pytest.mark.parametrize(
    "text", ["plain text ", "混合代理", "مَرْحَبًا ", "👩‍💻 ❤️ ", "\x1b[0m\u202e", "Z\u0301\u0301"]
)
def test_a_long_text_takes_linear_time(text: str) -> None:
    long = text * (1_000_000 // len(text))
    began = time.process_time()
    clean(long)
    # Measured at 0.01 to 0.4 s.
    assert time.process_time() - began < 4
