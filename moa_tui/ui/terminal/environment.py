"""What the environment says about the terminal: how far away it is, what it can show. Pure."""

import codecs
from collections.abc import Mapping
from enum import StrEnum

_UTF8 = ("utf-8", "utf8")
_ONE_BYTE = ("iso8859", "koi8", "cp125", "cp8", "mac", "gbk", "gb18030", "big5", "euc", "shift_jis")
_NO_MARKS = ("linux", "vt", "ansi", "cons", "sun", "unknown")
_NO_SCREEN = frozenset({"dumb", "unknown"})


class Colors(StrEnum):
    """How many colours a terminal has."""

    TRUE = "truecolor"
    MANY = "256"
    FEW = "16"
    NONE = "none"


def over_ssh(environ: Mapping[str, str]) -> bool:
    """Return whether the terminal is at the other end of an SSH connection."""
    return bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))


def in_tmux(environ: Mapping[str, str]) -> bool:
    """Return whether the terminal is a pane of tmux."""
    return bool(environ.get("TMUX"))


def colors(environ: Mapping[str, str]) -> Colors:
    """Return how many colours Textual is going to use; SSH does not forward COLORTERM."""
    term = environ.get("TERM", "").lower()
    match environ.get("TEXTUAL_COLOR_SYSTEM", "auto").lower():
        case "truecolor":
            return Colors.TRUE
        case "256":
            return Colors.MANY
        case "standard":
            return Colors.FEW
    if environ.get("COLORTERM", "").strip().lower() in {"truecolor", "24bit"}:
        return Colors.TRUE
    if term in {"dumb", "unknown"}:
        return Colors.NONE
    if term.endswith(("-256color", "kitty")):
        return Colors.MANY
    return Colors.FEW


def charset(environ: Mapping[str, str]) -> str:
    """Return what the locale says its characters are, lower-case; empty if it says nothing.

    The first of LC_ALL, LC_CTYPE and LANG that is set counts (POSIX, 8.2).
    """
    names = ("LC_ALL", "LC_CTYPE", "LANG")
    locale = next((value for name in names if (value := environ.get(name))), "")
    if locale in {"C", "POSIX"}:
        return "ascii"
    return locale.partition(".")[2].partition("@")[0].lower()


def input_encoding(environ: Mapping[str, str]) -> str:
    """Return how what is typed is written: as the locale says, UTF-8 where it does not say.

    Only encodings in which a control character is always one; ASCII is a part of UTF-8.
    """
    try:
        known = codecs.lookup(charset(environ) or "utf-8").name
    except LookupError:
        return "utf-8"
    return known if known.startswith(_ONE_BYTE) else "utf-8"


def knows_no_pastes(environ: Mapping[str, str]) -> bool:
    """Return whether the terminal is known not to mark what is pasted."""
    return environ.get("TERM", "").startswith(_NO_MARKS) or not environ.get("TERM")


def shows_no_screen(environ: Mapping[str, str]) -> bool:
    """Return whether the terminal says that it cannot paint at a place."""
    return environ.get("TERM") in _NO_SCREEN


def ascii_only(environ: Mapping[str, str]) -> bool:
    """Return whether the terminal had better get ASCII: it is dumb, or its locale is not UTF-8.

    A locale that is not set, as in most containers, says nothing about the terminal.
    """
    known = charset(environ)
    return environ.get("TERM") == "dumb" or bool(known and known not in _UTF8)
