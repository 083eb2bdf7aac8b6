"""Compiles the replay server, and makes the certificate and the text that it serves."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_CHECKOUT = _HERE.parents[1]
_FOLDER = _CHECKOUT / "build" / "wire"
_FLAGS = ("-std=c11", "-O2", "-Wall", "-Wextra")
_CERTIFICATE = (
    *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
    *("-nodes", "-days", "3650", "-subj", "/CN=localhost"),
    *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:127.0.0.2"),
)


class ServerUnavailable(Exception):  # noqa: N818 -- a condition of the machine, not a defect
    """The replay server cannot be built or started here; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a server is started from; without a certificate it speaks no TLS."""

    program: Path
    text: Path
    certificate: Path | None
    key: Path | None


def build() -> Built:
    """Make what is missing or older than its source; raises ServerUnavailable."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    text = _write_text(_FOLDER / "text.md")
    program, with_tls = _compile(_FOLDER / "replay", _FOLDER / "replay-without-tls")
    certificate, key = _FOLDER / "certificate.pem", _FOLDER / "key.pem"
    if not with_tls or not _certify(certificate, key):
        return Built(program, text, None, None)
    return Built(program, text, certificate, key)


def _write_text(target: Path) -> Path:
    """The documents of this project: real Markdown, with tables, code and more than ASCII."""
    sources = [_CHECKOUT / "README.md", *sorted((_CHECKOUT / "docs").glob("*.md"))]
    text = "\n".join(source.read_text("utf-8") for source in sources)
    # "✓ complete" and "○ ready" are what the benchmarks wait for on the screen.
    text = text.translate({ord("✓"): "+", ord("○"): "o"})
    if not target.exists() or target.read_text("utf-8") != text:
        target.write_text(text, "utf-8")
    return target


def _compile(full: Path, reduced: Path) -> tuple[Path, bool]:
    """Return the newest program there is, and whether it speaks TLS."""
    sources = [_HERE / "replay.c", _HERE / "events.c"]
    newest = max(path.stat().st_mtime for path in _HERE.glob("*.[ch]"))
    compiler = next((name for name in ("cc", "gcc", "clang") if shutil.which(name)), None)
    error = "there is no C compiler (cc, gcc or clang)"
    choices = ((full, True, ["-lssl", "-lcrypto"]), (reduced, False, ["-DNO_TLS"]))
    for program, with_tls, options in choices:
        if program.exists() and program.stat().st_mtime >= newest:
            return program, with_tls
        if compiler is None:
            continue
        made = program.with_suffix(".new")
        command = [compiler, *_FLAGS, "-o", str(made), *map(str, sources), *options, "-lm"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode == 0:
            made.replace(program)  # one that is running keeps its own file
            return program, with_tls
        error = f"{compiler} cannot build it:\n{result.stderr.strip()}"
    raise ServerUnavailable(f"the replay server is not available: {error}")


def _certify(certificate: Path, key: Path) -> bool:
    """Make a certificate for this machine unless there is one; return whether there is."""
    if certificate.exists() and key.exists():
        return True
    command = [*_CERTIFICATE, "-keyout", str(key), "-out", str(certificate)]
    if shutil.which("openssl") is None:
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
