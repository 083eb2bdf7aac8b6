"""What answers agree and differ on, in words. Pure."""

from rich.cells import cell_len, set_cell_size

from moa_tui.engine.agreement import Agreement, Statement
from moa_tui.state import TurnState

_MOST = 8
_LONGEST_NAME = 16


def text(state: TurnState, found: Agreement) -> str:
    """Return the vote where there was one, how alike the answers are, what is shared and alone."""
    blocks = []
    if state.tally and state.tally.counts:
        blocks.append(f"The vote: {state.tally.words}")
    blocks.append(f"How alike the answers are, by their words (0 to 1):\n\n{_table(found)}")
    lines = [f"• {s.text}  ({_who(found, s)})" for s in found.shared[:_MOST]]
    title = "Most of them say" if lines else "No sentence is shared by most answers."
    blocks.append(_list(title, lines, len(found.shared)))
    for number, name in enumerate(found.names):
        own = [s for s in found.alone if s.by == (number,)]
        lines = [f"• {s.text}" for s in own[:_MOST]]
        title = f"Only {name} says" if lines else f"{name} says nothing that no other says."
        blocks.append(_list(title, lines, len(own)))
    if found.compared < found.sentences:
        blocks.append(f"{found.compared} of {found.sentences} sentences were compared.")
    blocks.append("Words are compared, not meanings: a denial looks like what it denies.")
    return "\n\n".join(blocks)


def _table(found: Agreement) -> str:
    width = max(4, *(min(_LONGEST_NAME, cell_len(name)) for name in found.names))
    names = [set_cell_size(name, width) for name in found.names]
    rows = ["  ".join([" " * width, *names])]
    for name, values in zip(names, found.matrix, strict=True):
        rows.append("  ".join([name, *(f"{value:<{width}.2f}" for value in values)]))
    return "\n".join(row.rstrip() for row in rows)


def _who(found: Agreement, statement: Statement) -> str:
    if len(statement.by) == len(found.names):
        return "all"
    return ", ".join(found.names[number] for number in statement.by)


def _list(title: str, lines: list[str], count: int) -> str:
    if not lines:
        return title
    more = [f"  and {count - len(lines)} more"] if count > len(lines) else []
    return "\n".join([f"{title}:", "", *lines, *more])
