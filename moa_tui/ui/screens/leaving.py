"""Screens that lie over others: each is left once, and only while it is on top.

A key or a click may come twice before the screen is gone; Textual ends the app then, or takes away
the screen below.
"""

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen, ScreenResultType

from moa_tui.ui.screens.resizing import Resizing


class LeftOnce(Resizing[ScreenResultType]):
    """What a screen is made of that lies over another one."""

    @property
    def is_left(self) -> bool:
        """Whether this is not the screen that the person sees last, or not any more."""
        stack = self.app.screen_stack
        return len(stack) < 2 or stack[-1] is not self

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Leave with `result`; does nothing where the screen has been left."""
        return AwaitComplete() if self.is_left else super().dismiss(result)


class Over(LeftOnce[ScreenResultType], Screen[ScreenResultType]):
    """A screen in the place of the one below it."""


class Dialog(LeftOnce[ScreenResultType], ModalScreen[ScreenResultType]):
    """A screen that leaves the one below it in sight."""
