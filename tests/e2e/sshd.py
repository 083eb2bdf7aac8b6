"""An SSH server of a test's own on 127.0.0.1: its keys, its settings, one who may come in."""

import getpass
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

SSHD = shutil.which("sshd") or ("/usr/sbin/sshd" if Path("/usr/sbin/sshd").exists() else "")
_SEPARATION = Path("/run/sshd")
_LIMIT = 30


def reason_to_skip() -> str:
    """Say why no server can be run here; empty: it can."""
    if not (SSHD and shutil.which("ssh") and shutil.which("ssh-keygen")):
        return "openssh-server is not installed"
    if os.geteuid() == 0 and not _SEPARATION.is_dir():
        return f"as root sshd wants {_SEPARATION}: mkdir -p {_SEPARATION}"
    return ""


class SshServer:
    """Runs sshd in the foreground as a child; `environment` is what a login finds.

    The variable `sent` is the client's, and goes over the connection: a key must not be in a file.
    """

    def __init__(self, folder: Path, environment: dict[str, str], sent: str) -> None:
        self._folder, self._sent = folder, sent
        for name in ("host", "login"):
            _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name))
        shutil.copy(folder / "login.pub", folder / "authorized")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        settings = {
            "ListenAddress": f"127.0.0.1:{self.port}",
            "HostKey": folder / "host",
            "AuthorizedKeysFile": folder / "authorized",
            "PidFile": "none",
            # The folder of a test is below one that is everybody's.
            "StrictModes": "no",
            "UsePAM": "no",
            "PasswordAuthentication": "no",
            "PermitRootLogin": "prohibit-password",
            "PrintMotd": "no",
            "AcceptEnv": sent,
            "SetEnv": " ".join(f'{name}="{value}"' for name, value in environment.items()),
        }
        lines = "".join(f"{name} {value}\n" for name, value in settings.items())
        (folder / "sshd_config").write_text(lines)
        self._log = (folder / "log").open("wb")
        self._process = subprocess.Popen(
            [SSHD, "-D", "-e", "-f", str(folder / "sshd_config")],
            stdin=subprocess.DEVNULL,
            stderr=self._log,
        )
        self._wait()

    def client(self, command: str) -> list[str]:
        """Return the command line that logs in and runs `command` in a terminal there."""
        options = {
            "StrictHostKeyChecking": "no",
            "UserKnownHostsFile": "/dev/null",
            "IdentitiesOnly": "yes",
            "LogLevel": "ERROR",
            "SendEnv": self._sent,
        }
        pairs = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
        return [
            *("ssh", "-tt", "-F", "/dev/null", "-p", str(self.port)),
            *("-i", str(self._folder / "login"), *pairs),
            *(f"{getpass.getuser()}@127.0.0.1", command),
        ]

    def close(self) -> None:
        """End the server; those who are logged in have ended before."""
        self._process.terminate()
        self._process.wait()
        self._log.close()

    def _wait(self) -> None:
        limit = time.monotonic() + _LIMIT
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                log = (self._folder / "log").read_text()
                assert self._process.poll() is None, log
                assert time.monotonic() < limit, log
                time.sleep(0.02)  # sshd does not say when it listens
            else:
                return


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
