"""The terminal's answers: counted, and never taken for keys, in whatever pieces they come."""

from hypothesis import given
from hypothesis import strategies as st

from moa_tui.ui.terminal.reports import ANSWER, PATIENCE, QUESTION, StatusReports


def test_a_terminal_that_never_answers_holds_nothing_up() -> None:
    reports = StatusReports()
    for at in range(5):
        assert reports.ask(float(at)) == QUESTION
    assert reports.unanswered == 0


def test_answers_are_counted_and_taken_out() -> None:
    reports = StatusReports()
    reports.ask(0.0)
    assert reports.hear(f"a{ANSWER}b") == "ab"
    reports.ask(1.0)
    reports.ask(1.1)
    assert reports.unanswered == 2
    assert reports.hear(ANSWER) == ""
    assert reports.unanswered == 1


def test_an_answer_that_never_comes_is_given_up() -> None:
    reports = StatusReports()
    reports.ask(0.0)
    reports.hear(ANSWER)
    reports.ask(1.0)
    reports.ask(1.0 + PATIENCE + 0.1)
    assert reports.unanswered == 1


@given(st.data())
def test_typed_text_comes_through_in_any_pieces(data: st.DataObject) -> None:
    typed = data.draw(st.lists(st.sampled_from(["a", "\x1b", "\x1b[A", "é", "0n"]), max_size=8))
    stream = "".join(key + ANSWER for key in typed)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=6)))
    reports = StatusReports()
    for at in range(len(typed) + 1):
        reports.ask(float(at) / 1000)
    heard = "".join(
        reports.hear(stream[start:end])
        for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)
    )
    assert heard + reports.let_go() == "".join(typed)


def test_a_lone_escape_is_let_go() -> None:
    reports = StatusReports()
    reports.ask(0.0)
    assert reports.hear("\x1b") == ""
    assert reports.let_go() == "\x1b"
    assert reports.let_go() == ""
