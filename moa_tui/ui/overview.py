"""What stands above the answer: the plan as a tree, the votes, the ranking. Pure."""

from collections.abc import Iterator

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from moa_tui.engine.planning.plan import Part, Plan
from moa_tui.engine.ranking.borda import Ranking
from moa_tui.state import StreamState, TurnState
from moa_tui.ui import figures

_TONE_STYLES = {
    "-idle": "$dim-text",
    "-live": "$primary",
    "-done": "$success",
    "-marked": "$warning",
    "-failed": "$error",
}


def overview(state: TurnState, width: int, *, folded: bool = False) -> Content:
    """Return what is known of how the answer comes about; `folded`, a line of it."""
    blocks: list[Content] = []
    if state.plan:
        blocks.append(_plan_line(state.plan) if folded else plan_tree(state, width))
    if state.tally and (state.tally.counts or state.tally.without):
        words = state.tally.words
        blocks.append(Content.assemble(("vote  ", "$dim-text"), (words, "bold $foreground")))
    if state.ranking and state.ranking.voters:
        table = ranking_table(state)
        blocks.append(_ranking_line(state, state.ranking) if folded else table)
    return Content("\n").join(blocks)


def plan_tree(state: TurnState, width: int) -> Content:
    """Return the plan: each part under the one that it waits for longest."""
    plan = state.plan
    assert plan
    title = "one agent is enough" if plan.simple else f"plan: {len(plan.parts)} parts"
    why = f" · {plan.why}" if plan.why else ""
    rows = [Content.assemble((_cut(f"{title}{why}", width), "$dim-text"))]
    streams = {stream.part: stream for stream in state.current if stream.part}
    for part, branch in _branches(plan, None, ""):
        rows.append(_part_row(part, branch, streams.get(part.name), width))
    return Content("\n").join(rows)


def ranking_table(state: TurnState) -> Content:
    """Return the ranking, a row for each answer."""
    ranking = state.ranking
    assert ranking
    voters = f"{ranking.voters} ballot{'' if ranking.voters == 1 else 's'}"
    names = [state.streams[one.stream].label for one in ranking.standings]
    longest = max(map(cell_len, names), default=0)
    rows = [Content.styled(f"ranking · {voters}, nobody ranked their own answer", "$dim-text")]
    places = _places(ranking)
    for place, name, one in zip(places, names, ranking.standings, strict=True):
        padded = set_cell_size(name, longest)
        points = f"{one.points} of {one.most} points" if one.most else "not ranked"
        bar = "█" * round(10 * one.share)
        rows.append(
            Content.assemble(
                (f"{place:>2}  ", "$dim-text"),
                (padded, "bold $foreground"),
                (f"  {points:<15}", "$foreground"),
                (bar, "$accent"),
            )
        )
    return Content("\n").join(rows)


def _branches(plan: Plan, above: Part | None, indent: str) -> Iterator[tuple[Part, str]]:
    below = [part for part in plan.parts if _parent(plan, part) == above]
    for part in below:
        last = part is below[-1]
        yield part, f"{indent}{'└ ' if last else '├ '}"
        yield from _branches(plan, part, f"{indent}{'  ' if last else '│ '}")


def _parent(plan: Plan, part: Part) -> Part | None:
    """Return the part that `part` waits for longest: the last of the deepest."""
    needed = [other for other in plan.parts if other.name in part.needs]
    return max(reversed(needed), key=plan.depth, default=None)


def _part_row(part: Part, branch: str, stream: StreamState | None, width: int) -> Content:
    tone = _TONE_STYLES[figures.tone(stream)]
    head = f"{figures.glyph(stream)} {part.name} {part.agent}"
    needs = f"  after {', '.join(part.needs)}" if len(part.needs) > 1 else ""
    room = max(8, width - cell_len(branch) - cell_len(head) - cell_len(needs) - 2)
    task = _cut(" ".join(part.task.split()), room)
    return Content.assemble(
        (branch, "$dim-text"), (head, tone), (f"  {task}", "$foreground"), (needs, "$dim-text")
    )


def _plan_line(plan: Plan) -> Content:
    who = ", ".join(dict.fromkeys(part.agent for part in plan.parts))
    parts = "one agent" if plan.simple else f"{len(plan.parts)} parts"
    return Content.styled(f"plan  {parts}: {who} · v shows it", "$dim-text")


def _ranking_line(state: TurnState, ranking: Ranking) -> Content:
    words = ""
    for before, one in zip((None, *ranking.standings), ranking.standings, strict=False):
        level = before is not None and before.share == one.share
        words += (" = " if level else " › " if before else "") + state.streams[one.stream].label
    return Content.assemble(("ranking  ", "$dim-text"), (words, "bold $foreground"))


def _places(ranking: Ranking) -> list[int]:
    """Return the places of the standings: level ones share theirs."""
    shares = [one.share for one in ranking.standings]
    return [shares.index(share) + 1 for share in shares]


def _cut(text: str, room: int) -> str:
    return text if cell_len(text) <= room else set_cell_size(text, max(1, room - 1)) + "…"
