"""Text files that go along with a question: named in it as `@path`, or given as paths.

Only what the person typed by hand names files: a text from elsewhere may hold any `@path`, and its
author does not decide what is sent. Who asks says which parts were typed. What is typed stays what
is shown; what the files hold is put after it, each in a fence of its own that nothing in it can
end. Keys never go along.
"""

import codecs
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from moa_tui.errors import MoaError
from moa_tui.secret_files import why_refused
from moa_tui.text import clean, clean_line

MAX_FILE = 256 * 1024
"""Bytes of one file."""

MAX_ALL = 1024 * 1024
"""Bytes of all files of a question."""

MAX_FILES = 20

_NOWHERE = Path(os.devnull) / "deleted"
"""A folder that cannot be there: a path in it leads to no file."""
_MOST_MENTIONS = 200

_MENTION = re.compile(r"""(?<![^\s(\[{,;:"'])@(?:"([^"\n]+)"|'([^'\n]+)'|([^\s"'][^\s]*))""")
_PLAIN = re.compile(r"[\w .,~/+#@%-]+")
"""What names of files are made of. Others exist; without the file they are no sign of one."""

_AFTER_A_NAME = ".,;:!?)]}>\"'"
_TICKS = re.compile("`{3,}")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SUFFIXES = frozenset(
    [
        *("bash", "c", "cc", "cfg", "conf", "cpp", "cs", "css", "csv", "dart", "diff", "go", "h"),
        *("hpp", "htm", "html", "ini", "ipynb", "java", "js", "json", "jsonl", "jsx", "kt", "log"),
        *("lua", "md", "mjs", "patch", "php", "pl", "proto", "py", "r", "rb", "rs", "rst", "scala"),
        *("sh", "sql", "svg", "swift", "tex", "toml", "ts", "tsv", "tsx", "txt", "vue", "xml"),
        *("yaml", "yml", "zig"),
    ]
)
"""A name that ends like this is meant to be a file, also when there is none."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as it goes along with a question."""

    name: str
    text: str
    size: int = 0
    """Bytes of the file."""

    @property
    def fenced(self) -> str:
        """The text as a Markdown block; its fence is longer than any inside."""
        fence = "`" * max([3, *(len(ticks) + 1 for ticks in _TICKS.findall(self.text))])
        ending = "" if self.text.endswith("\n") else "\n"
        return f"File {self.name}:\n{fence}\n{self.text}{ending}{fence}"


def mentioned(
    question: str, typed: Iterable[tuple[int, int]], folder: Path | None = None
) -> list[str]:
    """Return the files that `question` names where it was `typed`, from where to where."""
    spans = list(typed)
    return [
        name for mention, name in _mentions(question, folder) if _is_within(mention.span(), spans)
    ]


def only_text(
    question: str, typed: Iterable[tuple[int, int]] = (), folder: Path | None = None
) -> list[str]:
    """Return the files that there are, and that `question` names where it was not typed."""
    here, spans = folder or _present_folder(), list(typed)
    names = [n for m, n in _mentions(question, here) if not _is_within(m.span(), spans)]
    return [name for name in dict.fromkeys(names) if _is_file(name, here)]


def attached(files: Iterable[str], folder: Path | None = None) -> tuple[Attachment, ...]:
    """Return what goes along: the named files, each once.

    Relative paths begin at `folder`, the present one by default. Raises MoaError for a file that
    cannot go along, before anything is sent.
    """
    here = folder or _present_folder()
    found: dict[Path, str] = {}
    for name in files:
        found.setdefault(_path(name, here), name)
    if len(found) > MAX_FILES:
        raise MoaError(f"{len(found)} files are too many: {MAX_FILES} may go along", "name fewer")
    left, read = MAX_ALL, []
    for path, name in found.items():
        source = _read(path, clean_line(name), left)
        left -= len(source)
        text = _decoded(source, clean_line(name))
        if secret := why_refused(path, text):
            raise MoaError(
                f"{clean_line(name)} {secret}: it does not go along",
                "copy the part that matters into another file",
            )
        read.append(Attachment(clean_line(name), text, len(source)))
    return tuple(read)


def as_text(attachments: Iterable[Attachment]) -> str:
    """Return what is sent after the question."""
    return "\n\n".join(attachment.fenced for attachment in attachments)


def named(attachments: Iterable[Attachment]) -> str:
    """Return what goes along, by name and size, for the person."""
    return ", ".join(f"{each.name} ({each.size:,} bytes)" for each in attachments)


def _mentions(question: str, folder: Path | None) -> Iterator[tuple[re.Match[str], str]]:
    here = folder or _present_folder()
    for count, mention in enumerate(_MENTION.finditer(question)):
        if count == _MOST_MENTIONS:  # each costs a look at the disk
            return
        if name := _named(mention, here):
            yield mention, name


def _is_within(span: tuple[int, int], spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in spans)


def _is_file(name: str, here: Path) -> bool:
    with suppress(OSError, ValueError):
        return stat.S_ISREG(_path(name, here).stat().st_mode)
    return False


def _present_folder() -> Path:
    """Return where relative paths begin: nowhere, once the folder has been deleted."""
    try:
        return Path.cwd()
    except OSError:
        return _NOWHERE


def _named(mention: re.Match[str], here: Path) -> str:
    """Return the path after an `@`; nothing where it is meant as something else.

    `@ada` is a mention, and so is `@types/node`, unless there is a file of that name. A file that
    is not there is missed only where a word begins: what follows a bracket or a quotation mark
    may be code, or markup.
    """
    quoted = mention[1] or mention[2]
    names = (quoted,) if quoted else (mention[3], mention[3].rstrip(_AFTER_A_NAME))
    for name in names:
        if name and _is_file(name, here):
            return name
    at = mention.start()
    before = mention.string[at - 1] if at else " "
    return names[-1] if before.isspace() and _looks_like_a_path(names[-1], here) else ""


def _looks_like_a_path(word: str, here: Path) -> bool:
    if not word.strip("./~"):
        return False
    first, slash, rest = word.partition("/")
    with suppress(OSError, ValueError):
        if slash and first and _path(first, here).is_dir():
            return True
    if not _PLAIN.fullmatch(word):
        return False
    if word.startswith(("/", "~/", "./", "../")) or (slash and not rest):
        return True
    name, _, suffix = word.rpartition(".")
    return bool(name) and word[0].isalnum() and suffix.lower() in _SUFFIXES


def _path(name: str, here: Path) -> Path:
    path = Path(name)
    if name.startswith("~"):
        with suppress(RuntimeError):  # nobody is called like that
            path = path.expanduser()
    return Path(os.path.normpath(here / path))


def _read(path: Path, name: str, left: int) -> bytes:
    try:
        # Not to wait for a pipe's other end, should one take the file's place meanwhile.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(handle)
            _check(status, name, left)
            source = file.read(min(MAX_FILE, left) + 1)
    except IsADirectoryError:
        raise MoaError(f"{name} is a folder", "name the files in it") from None
    except (FileNotFoundError, NotADirectoryError):
        raise MoaError(f"there is no file {name}", "check its name, or leave out the '@'") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise MoaError(f"{name} cannot be read: {reason}", "check its name") from None
    _check_size(len(source), name, left)  # it may have grown
    return source


def _check(status: os.stat_result, name: str, left: int) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise MoaError(f"{name} is a folder", "name the files in it")
    if not stat.S_ISREG(status.st_mode):
        raise MoaError(f"{name} is no file but a pipe or a device", "give a file")
    _check_size(status.st_size, name, left)


def _check_size(size: int, name: str, left: int) -> None:
    if size > MAX_FILE:
        told = f"{name} has {size // 1024:,} KB; a file may have {MAX_FILE // 1024}"
        raise MoaError(told, "attach the part of it that matters")
    if size > left:
        told = f"the files have more than {MAX_ALL // 1024:,} KB together"
        raise MoaError(told, "attach fewer of them")


def _decoded(source: bytes, name: str) -> str:
    encoding = next((codec for mark, codec in _BOMS if source.startswith(mark)), "utf-8")
    try:
        text = source.decode(encoding)
    except UnicodeDecodeError:
        raise MoaError(
            f"{name} is no text: it is neither UTF-8 nor UTF-16", "give a text file, saved as UTF-8"
        ) from None
    if "\0" in text:
        raise MoaError(f"{name} is no text: there are zero bytes in it", "give a text file")
    return clean(text.replace("\r\n", "\n").replace("\r", "\n"))
