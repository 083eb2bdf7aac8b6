"""Letters of other keyboard layouts → those on the same keys in the Latin one. Pure.

Terminals of the kitty protocol say what the key is called there (its base layout key); for all
others, and where that is not said, these are the layouts that most people have.
"""

_ROWS = (
    ("йцукенгшщзхъ", "qwertyuiop[]"),
    ("фывапролджэ", "asdfghjkl;'"),
    ("ячсмитьбю", "zxcvbnm,."),
    ("ёіїєґўі", "`s]'\\os"),
    ("ςερτυθιοπ", "wertyuiop"),
    ("ασδφγηξκλ", "asdfghjkl"),
    ("ζχψωβνμ", "zxcvbnm"),
    ("קראטוןםפ", "ertyuiop"),
    ("שדגכעיחלךף", "asdfghjkl;"),
    ("זסבהנמצתץ", "zxcvbnm,."),
    ("ضصثقفغعهخحجد", "qwertyuiop[]"),
    ("شسيبلاتنمكط", "asdfghjkl;'"),
    ("ئءؤرىةوزظ", "zxcvnm,./"),
)
_LATIN = {letter: key for row, keys in _ROWS for letter, key in zip(row, keys, strict=True)}
_LATIN |= {letter.upper(): key.upper() for letter, key in list(_LATIN.items())}


def latin(character: str, base: str = "") -> str:
    """Return what the key of `character` types in a Latin layout, empty if it is no other one.

    `base` is what the terminal says of the key, without Shift.
    """
    if character.isascii():
        return ""
    if base.isascii() and base.isprintable() and base:
        return base.upper() if character.isupper() else base
    return _LATIN.get(character, "")
