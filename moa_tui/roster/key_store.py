"""Keys that `moa-tui auth` has stored, each for one host: in the keyring, or in a 0600 file.

The file lists what is in the keyring, too: a start of the program that needs nothing from the
keyring does not wait for it.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

from moa_tui import paths
from moa_tui.errors import MoaError
from moa_tui.locks import alone_in
from moa_tui.private_files import open_private, private_folder, write_atomically
from moa_tui.roster import keyring_access
from moa_tui.roster.api_key import ApiKey, stripped

FILE_NAME = "keys.json"
_MAX_BYTES = 1024 * 1024
_KEYRING, _FILE = "keyring", "file"


class StoredKey(NamedTuple):
    """A stored key, and whether it was in the `keyring` or the `file`."""

    key: ApiKey
    source: str


class Entry(NamedTuple):
    """What is stored, without the key itself: for which variable and host, and where."""

    variable: str
    place: str
    source: str


class KeyStore:
    """The stored keys of the person; `path` is the file, by default in the settings folder."""

    __slots__ = ("path",)

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or paths.user_config_dir() / FILE_NAME

    def find(self, variable: str, place: str) -> StoredKey | None:
        """Return the key stored as `variable` for `place`, None if there is none.

        Raises MoaError when the file cannot be used or the keyring does not answer.
        """
        rows = self._rows()
        row = rows.find(variable, place)
        if row is None:
            return None
        if row.source == _FILE:
            return StoredKey(rows.key(row), _FILE)
        key = keyring_access.read(variable, place)
        return StoredKey(key, _KEYRING) if key else None

    def entries(self) -> list[Entry]:
        """Return what is stored, the keys themselves left out."""
        return self._rows().entries

    def put(self, variable: str, place: str, key: ApiKey, *, in_keyring: bool) -> None:
        """Store `key`, in the place of one that is there; raises MoaError."""
        self._make_folder()
        with alone_in(self.path.parent):
            rows = self._rows()
            old = rows.find(variable, place)
            if in_keyring:
                keyring_access.write(variable, place, key)
            elif old and old.source == _KEYRING:
                keyring_access.delete(variable, place)
            rows.put(Entry(variable, place, _KEYRING if in_keyring else _FILE), key)
            self._write(rows)

    def remove(self, variable: str, place: str) -> bool:
        """Delete the key stored as `variable` for `place`; return whether there was one."""
        with alone_in(self.path.parent):
            rows = self._rows()
            old = rows.find(variable, place)
            if old is None:
                return False
            if old.source == _KEYRING:
                keyring_access.delete(variable, place)
            rows.drop(old)
            self._write(rows)
            return True

    def _rows(self) -> "_Rows":
        try:
            with open_private(self.path) as file:
                rows = _Rows.read(file.read(_MAX_BYTES))
        except FileNotFoundError:
            return _Rows([])
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise MoaError(f"{self.path} cannot be read: {reason}", "check the file") from None
        if rows is None:
            raise MoaError(
                f"{self.path} is damaged", "delete it, and store your keys again: moa-tui auth"
            )
        return rows

    def _make_folder(self) -> None:
        try:
            private_folder(self.path.parent)
        except OSError as error:
            raise self._unwritable(error) from None

    def _write(self, rows: "_Rows") -> None:
        try:
            write_atomically(self.path, rows.written())
        except OSError as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: OSError) -> MoaError:
        reason = error.strerror or type(error).__name__
        return MoaError(f"{self.path} cannot be written: {reason}", "check its folder")


class _Rows:
    """The file's content. The keys are held as ApiKey: an error on the way shows none."""

    __slots__ = ("_rows",)

    def __init__(self, rows: list[tuple[Entry, ApiKey | None]]) -> None:
        self._rows = rows

    @classmethod
    def read(cls, source: bytes) -> "_Rows | None":
        """Return what `source` holds, None if it is not such a file."""
        try:
            return cls([_row(row) for row in json.loads(source)["keys"]])
        except (ValueError, TypeError, KeyError, RecursionError):
            return None

    @property
    def entries(self) -> list[Entry]:
        return [entry for entry, _ in self._rows]

    def find(self, variable: str, place: str) -> Entry | None:
        for entry in self.entries:
            if entry[:2] == (variable, place):
                return entry
        return None

    def key(self, sought: Entry) -> ApiKey:
        return next(key for entry, key in self._rows if entry == sought and key)

    def put(self, new: Entry, key: ApiKey) -> None:
        kept = [row for row in self._rows if row[0][:2] != new[:2]]
        self._rows = [*kept, (new, key if new.source == _FILE else None)]

    def drop(self, old: Entry) -> None:
        self._rows = [row for row in self._rows if row[0] != old]

    def written(self) -> bytes:
        rows = [
            {"name": entry.variable, "host": entry.place}
            | ({"key": key.reveal()} if key else {"in": _KEYRING})
            for entry, key in self._rows
        ]
        return json.dumps({"version": 1, "keys": rows}, indent=1).encode()


def _row(row: dict[str, Any]) -> tuple[Entry, ApiKey | None]:
    variable, place, secret = row["name"], row["host"], row.get("key")
    if not (isinstance(variable, str) and isinstance(place, str)):
        raise TypeError
    if secret is None:
        return Entry(variable, place, _KEYRING), None
    if not (isinstance(secret, str) and secret):
        raise TypeError
    return Entry(variable, place, _FILE), stripped(secret)
