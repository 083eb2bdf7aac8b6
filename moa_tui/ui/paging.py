"""A page up or down in a list that has not been laid out yet moves nothing."""

from textual.widgets import OptionList


def mend_paging() -> None:
    """Have lists of options stand a page key before their first layout, Textual's palette too.

    Textual (8.2) looks the highlighted option up among lines that it has not made yet, and the
    KeyError ends the program: Ctrl+P and PgDn in one breath are enough.
    """
    for name in ("action_page_up", "action_page_down"):
        setattr(OptionList, name, _once_laid_out(getattr(OptionList, name)))


def _once_laid_out(action):  # type: ignore[no-untyped-def] # Textual's has no types
    if getattr(action, "mended", False):
        return action

    def mended(self: OptionList) -> None:
        if (self.highlighted or 0) in self._index_to_line:
            action(self)

    mended.mended = True  # type: ignore[attr-defined] # once is enough
    return mended
