"""Mixtures on the replay server: an agents.yaml for the app, the same streams for a raw drain."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.allowed import allow
from benchmarks.wire.server import ReplayServer, Script

KEY = "BENCHMARK_API_KEY"


@dataclass(frozen=True, slots=True)
class Mixture:
    """So many agents with the same script, and what the aggregator is to write."""

    agents: int
    proposer: Script
    aggregator: Script
    tls: bool = False

    @property
    def tokens(self) -> int:
        """Tokens of the whole turn."""
        return self.agents * self.proposer.tokens + self.aggregator.tokens

    @property
    def seconds(self) -> float:
        """How long the wire alone takes."""
        return self.proposer.seconds + self.aggregator.seconds

    def url(self, server: ReplayServer) -> str:
        """The base URL that its agents ask."""
        return server.tls_url if self.tls else server.url

    def environment(self, server: ReplayServer, home: Path) -> dict[str, str]:
        """What the app is started with: a home of its own, and trust in the server."""
        trusted = {"SSL_CERT_FILE": str(server.certificate)} if self.tls else {}
        names = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")
        homes = {name: str(home) for name in names}
        return {KEY: "no-secret", **homes, **trusted}

    def write_roster(self, server: ReplayServer, home: Path) -> Path:
        """Write the agents.yaml of this mixture into `home`, and allow it there."""
        path = home / "agents.yaml"
        agents = "".join(
            f"  - {{name: agent{number}, model: {self.proposer.model}}}\n"
            for number in range(1, self.agents + 1)
        )
        path.write_text(
            "version: 1\nproviders:\n"
            f"  replay: {{base_url: '{self.url(server)}', api_key_env: {KEY}, like: cerebras}}\n"
            "defaults: {provider: replay, max_tokens: 60000}\n"
            f"agents:\n{agents}"
            f"aggregator: {{name: writer, model: {self.aggregator.model}}}\n"
        )
        allow(path, self.environment(server, home))
        return path
