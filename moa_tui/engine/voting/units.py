"""What is written beside a number → one name for it: `mins`, `Minutes` and `min` are `min`. Pure.

The rule is closed: what is no unit or currency that is known here, and no plain noun (`apples`), is
None, and then the whole answer is compared as it is written. Units are told apart, never converted.
"""

import re

_PREFIXES = {
    "p": "pico",
    "n": "nano",
    "u": "micro",
    "m": "milli",
    "c": "centi",
    "d": "deci",
    "k": "kilo",
    "M": "mega",
    "G": "giga",
    "T": "tera",
    "P": "peta",
    "Ki": "kibi",
    "Mi": "mebi",
    "Gi": "gibi",
    "Ti": "tebi",
}
_PREFIXED = {
    "m": "meter metre",
    "g": "gram gramme",
    "s": "second sec",
    "l": "liter litre",
    "W": "watt",
    "Wh": "watt-hour",
    "Hz": "hertz",
    "V": "volt",
    "A": "ampere amp",
    "Ω": "ohm",
    "J": "joule",
    "N": "newton",
    "Pa": "pascal",
    "eV": "electronvolt",
    "B": "byte",
    "b": "bit",
    "bps": "bps",
    "mol": "mole",
    "cal": "calorie",
    "t": "tonne",
    "tok": "token",
}
_PLAIN = """
min: minute|h: hr hour|d: day|week: wk|month: mo|year: yr a|decade:|century: centuries|ms: msec
in: inch inches|ft: foot feet|yd: yard|mi: mile|nmi: nautical-mile|ly: light-year|au:|Å: ångström
lb: lbs pound|oz: ounce|st: stone|ton:|gal: gallon|qt: quart|pt: pint|cup:|tbsp: tablespoon
tsp: teaspoon|acre:|ha: hectare|cm^3: cc|l: L|hPa:|bar:|atm: atmosphere|psi:|mmHg:|hp: horsepower
kn: knot|mi/h: mph|km/h: kph kmh kmph|rpm:|dB: decibel|px: pixel|fps:|kcal: kilocalorie
°: deg degree º|°C: celsius centigrade ℃ C|°F: fahrenheit ℉ F|K: kelvin|rad: radian|sr: steradian
%: percent pct per-cent|‰: permille per-mille|pp: percentage-point|bp: basis-point|ppm:|ppb:
person: people|$: usd dollar us-dollar us$|€: eur euro|£: gbp quid pound-sterling
¥: jpy yen jp¥|CN¥: cny rmb yuan renminbi|₹: inr rupee rs|₩: krw|₽: rub ruble rouble|₺: try
₿: btc bitcoin|C$: cad ca$ canadian-dollar|A$: aud au$ australian-dollar|NZ$: nzd|HK$: hkd|S$: sgd
R$: brl|Fr: chf franc|kr: sek nok dkk|zł: pln|¢: cent|Mex$: mxn peso|₴: uah|₪: ils|฿: thb|₫: vnd
am: a.m a.m.|pm: p.m p.m.|bc: bce b.c. b.c|ad: ce a.d. a.d|page: pp.|times: x-times
"""
_ALIKE = {"μ": "u", "µ": "u", "Ω": "Ω", "ℓ": "l", "°c": "°C", "°f": "°F", "²": "^2", "³": "^3"}

CURRENCIES = (
    "US$",
    "CA$",
    "AU$",
    "NZ$",
    "HK$",
    "Mex$",
    "CN¥",
    *(
        "C$",
        "A$",
        "S$",
        "R$",
        "$",
        "€",
        "£",
        "¥",
        "₹",
        "₩",
        "₽",
        "₺",
        "₿",
        "zł",
        "₴",
        "₪",
        "฿",
        "₫",
    ),
)
"""Signs of money, the longer ones first."""

CODES = "usd eur gbp jpy cny rmb inr krw rub cad aud nzd hkd sgd brl chf pln sek nok dkk mxn"
"""Codes of money that stand before a number too."""

TIMES = {
    "dozen": 12,
    "hundred": 10**2,
    "thousand": 10**3,
    "lakh": 10**5,
    "million": 10**6,
    "mn": 10**6,
    "mln": 10**6,
    "mio": 10**6,
    "crore": 10**7,
    "billion": 10**9,
    "bn": 10**9,
    "trillion": 10**12,
    "tn": 10**12,
    "quadrillion": 10**15,
}
"""Words after a number that are part of it."""

_OTHER_WORDS = """
a after ago and as at away before below above but by choose clock cubed divided down each east
either equals except factorial fewer for from greater half halves if into is it larger least
left-over less log minus mod modulo more most negative no none nor north not of off on only or
out over pi plus point positive power raised right root score smaller south squared than that
then there third thirds fourth fourths quarter quarters fifth fifths sixth sixths seventh sevenths
eighth eighths ninth ninths tenth tenths hundredth hundredths thousandth thousandths through till
to unless until up upward upwards west when where which while with without x
one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty
seventy eighty ninety once twice thrice zero hundreds thousands millions billions dozens gross
hundert tausend millionen million milliarden milliarde dutzend mille mil millones milioni mila
cento cien cientos milliers milliard milliards centaines douzaine docena und oder bis et ou nicht
pas kein null january february march april may june july august september october november
december jan feb mar apr jun jul aug sep sept oct nov dec
"""
_NO_NOUNS = frozenset(_OTHER_WORDS.split())
"""Words after a number that change which number it is, or begin another thought."""

_FILLERS = re.compile(
    r"\s*\b(?:in total|in all|all together|altogether|total|overall|exactly|respectively)$"
    r"|^(?:of|full|whole|total)\s+",
    re.IGNORECASE,
)
_NOUN = re.compile(r"[^\W\d_]{3,24}(?:[-'’][^\W\d_]{1,24}){0,3}")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff'’-]*")
_POWER = re.compile(r"\^?\{?([23])\}?$")
_PER = re.compile(r"\s*/\s*|\s+(?:per|an?)\s+(?=\S)", re.IGNORECASE)
_LONGEST = 60
_MOST_WORDS = 4


def _known() -> tuple[dict[str, str], dict[str, str]]:
    """Return names by how units are written: as it stands, and without case."""
    exact: dict[str, str] = {}
    folded: dict[str, str] = {}

    def add(name: str, symbols: list[str], words: list[str]) -> None:
        exact.update(dict.fromkeys((name, *symbols), name))
        for word in words:
            folded.update(dict.fromkeys((word, _plural(word)), name))

    for base, words in _PREFIXED.items():
        add(base, [], words.split())
        for prefix, long in _PREFIXES.items():
            add(f"{prefix}{base}", [], [f"{long}{word}" for word in words.split()])
    for entry in _PLAIN.replace("\n", "|").strip("|").split("|"):
        name, _, words = entry.partition(":")
        add(name, words.split(), [name, *words.split()])
    add("kB", ["KB", "Kb"], [])
    add("kg", [], ["kilo", "kg", "kgs"])
    for symbol, name in exact.items():
        folded.setdefault(symbol.casefold(), name)
    return exact, folded


def _plural(word: str) -> str:
    return f"{word}s"


_EXACT, _FOLDED = _known()


def known_unit(word: str) -> str | None:
    """Return the one name of a unit or currency; None for what is not known as one."""
    for sign, plain in _ALIKE.items():
        word = word.replace(sign, plain)
    return _EXACT.get(word) or _FOLDED.get(word.casefold())


def unit_in(text: str) -> str | None:
    """Return the one name of what `text`, all that stands after a number, measures or counts.

    Empty where nothing stands there; None where it is no unit.
    """
    text = _FILLERS.sub("", text.strip(" .")) if len(text) <= _LONGEST else text
    text = text.strip(" .,")
    if not text:
        return ""
    if len(text) > _LONGEST:
        return None
    parts = [_factor(part) for part in _PER.split(text)]
    if None in parts:
        return None
    return "/".join(part for part in parts if part is not None)


def _factor(text: str) -> str | None:
    """Return the name of one side of a fraction of units: `square meters`, `m²`, `red apples`."""
    whole = known_unit("-".join(text.split())) or known_unit(text)
    if whole:
        return whole
    if text[:1] == "°" and (unit := known_unit(text.replace(" ", ""))):
        return unit
    words = re.split(r"[\s·*]+", text)
    if len(words) > _MOST_WORDS:
        return None
    names: list[str] = []
    power = {"square": "^2", "sq": "^2", "cubic": "^3", "cu": "^3"}.get(
        words[0].casefold().strip(".")
    )
    if power and len(words) > 1:
        words = [f"{words[1]}{power}", *words[2:]]
    if len(words) > 1 and (raised := {"squared": "^2", "cubed": "^3"}.get(words[-1].casefold())):
        words = [*words[:-2], f"{words[-2]}{raised}"]
    if words[0] in {"°", "degrees", "degree", "deg"} and len(words) > 1:
        scale = known_unit(words[1])
        words = [scale if scale in {"°C", "°F", "K", "°"} else words[0], *words[1 + bool(scale) :]]
    for word in words:
        name = _word(word.strip(".,"))
        if name is None:
            return None
        names.append(name)
    return " ".join(names)


def _word(word: str) -> str | None:
    for sign, plain in _ALIKE.items():
        word = word.replace(sign, plain)
    power = _POWER.search(word)
    bare = word[: power.start()] if power else word
    raised = f"^{power[1]}" if power else ""
    if bare and (name := known_unit(bare)):
        return name + raised
    noun = bare.casefold()
    if power or noun in _NO_NOUNS or not _NOUN.fullmatch(noun) or not _LATIN.fullmatch(noun):
        return None
    return _singular(noun)


def _singular(noun: str) -> str:
    for ending, instead in (
        ("ies", "y"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("xes", "x"),
        ("sses", "ss"),
    ):
        if noun.endswith(ending) and len(noun) > len(ending) + 1:
            return noun.removesuffix(ending) + instead
    return noun[:-1] if noun.endswith("s") and not noun.endswith(("ss", "us", "is")) else noun
