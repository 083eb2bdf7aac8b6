"""Ranking by Borda count: each ballot gives m-1 points to its first of m answers, 0 to its last.

J.-C. de Borda, Mémoire sur les élections au scrutin, 1781. Nobody ranks their own answer, so an
answer is judged by its mean: points divided by the most that its ballots could have given. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """One answer, by the stream that gave it: its points, the most it could have, its ballots."""

    stream: str
    points: int
    most: int
    ballots: int

    @property
    def share(self) -> float:
        """Points as a share of the most that there were to get; 0 where nobody ranked it."""
        return self.points / self.most if self.most else 0.0


@dataclass(frozen=True, slots=True)
class Ranking:
    """All answers, best first; of equal ones the one that was given first. `voters` had a say."""

    standings: tuple[Standing, ...] = ()
    voters: int = 0


def borda(answers: Sequence[str], ballots: Mapping[str, Sequence[str]]) -> Ranking:
    """Count `ballots`: by voter, the streams of `answers` that they ranked, best first.

    A vote for oneself, for an answer that is none, or a second time does not count.
    """
    points = dict.fromkeys(answers, 0)
    most = dict.fromkeys(answers, 0)
    seen = dict.fromkeys(answers, 0)
    voters = 0
    for voter, ballot in ballots.items():
        ranked = [name for name in dict.fromkeys(ballot) if name in points and name != voter]
        voters += len(ranked) > 1
        if len(ranked) < 2:  # one answer alone is not compared with any
            continue
        for place, name in enumerate(ranked):
            points[name] += len(ranked) - 1 - place
            most[name] += len(ranked) - 1
            seen[name] += 1
    standings = [Standing(name, points[name], most[name], seen[name]) for name in answers]
    return Ranking(tuple(sorted(standings, key=lambda one: -one.share)), voters)
