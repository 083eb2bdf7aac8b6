"""The terminal's answers are counted; one that never comes is given up."""

from moa_tui.ui.terminal.reports import PATIENCE, QUESTION, StatusReports


def test_a_terminal_that_never_answers_holds_nothing_up() -> None:
    reports = StatusReports()
    for at in range(5):
        assert reports.ask(float(at)) == QUESTION
    assert reports.unanswered == 0


def test_answers_are_counted() -> None:
    reports = StatusReports()
    reports.ask(0.0)
    reports.hear()
    reports.ask(1.0)
    reports.ask(1.1)
    assert reports.unanswered == 2
    reports.hear()
    assert reports.unanswered == 1


def test_an_answer_that_never_comes_is_given_up() -> None:
    reports = StatusReports()
    reports.ask(0.0)
    reports.hear()
    reports.ask(1.0)
    reports.ask(1.0 + PATIENCE + 0.1)
    assert reports.unanswered == 1
