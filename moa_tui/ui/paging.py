"""A page up or down in a list that has not been laid out yet moves nothing."""

from collections.abc import Callable
from functools import wraps

from textual.widgets import OptionList


def mend_paging() -> None:
    """Have lists of options stand a page key before their first layout, Textual's palette too.

    Textual (8.2) looks the highlighted option up among lines that it has not made yet, and the
    KeyError ends the program: Ctrl+P and PgDn in one breath are enough.
    """
    for name in ("action_page_up", "action_page_down"):
        action: Callable[[OptionList], None] = getattr(OptionList, name)
        if not hasattr(action, "__wrapped__"):  # once is enough
            setattr(OptionList, name, _once_laid_out(action))


def _once_laid_out(action: Callable[[OptionList], None]) -> Callable[[OptionList], None]:
    @wraps(action)
    def paged(self: OptionList) -> None:
        if (self.highlighted or 0) in self._index_to_line:
            action(self)

    return paged
