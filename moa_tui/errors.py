"""The one tree of errors that a person may see. Each says what happened and what to do next."""


class MoaError(Exception):
    """An expected error: `message` says what happened and where, `advice` what to do next.

    Both may quote a path, an argument or a variable of the environment: they are cleaned here.
    """

    def __init__(self, message: str, advice: str = "") -> None:
        from moa_tui.text import clean  # noqa: PLC0415 - 5 ms that the first frame can do without

        super().__init__(clean(message))
        self.message = clean(message)
        self.advice = clean(advice)

    def __str__(self) -> str:
        return f"{self.message} — {self.advice}" if self.advice else self.message


class MissingKeyError(MoaError):
    """A provider needs an API key and none was found where the person may put one."""


class LocalModelError(MoaError):
    """The embedded model cannot run: engine or weights missing, damaged, or the server stopped."""


class ThemeError(MoaError):
    """A theme file cannot be used."""


class HistoryError(MoaError):
    """The history database cannot be read or written."""


class RecordingError(MoaError):
    """A recording cannot be read or made."""


class RefusedFileError(MoaError):
    """Something that is not ours, or not a plain file, stands where a file of ours should be."""

    def __init__(self, path: object, reason: str) -> None:
        super().__init__(f"{path} is not used: {reason}", "move it away")
        self.place = path
        self.reason = reason


class CrashError(MoaError):
    """The program broke on `error`, which is a mistake; `advice` names the file that tells more.

    `ours` says that code of ours was involved, not only of a library.
    """

    def __init__(self, message: str, advice: str, error: BaseException, *, ours: bool) -> None:
        super().__init__(message, advice)
        self.error = error
        self.ours = ours
