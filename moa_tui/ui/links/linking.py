"""The part of the app that does with a link of an answer what the person asks for."""

import asyncio
from typing import TYPE_CHECKING

from textual import work

from moa_tui.ui.manners import Manners
from moa_tui.ui.text.wrapping import SHORT

if TYPE_CHECKING:
    from moa_tui.ui.links.finding import FoundLink
    from moa_tui.ui.widgets.pane import Pane


class Linking(Manners):
    """Shows the links of a pane's text; one of them is opened or copied once it was seen whole."""

    @work
    async def on_pane_links_requested(self, message: "Pane.LinksRequested") -> None:
        """List the links of a pane, and go on with the chosen one."""
        from moa_tui.ui.links.finding import links_in  # noqa: PLC0415 - once they are asked for
        from moa_tui.ui.screens.links import LinkList  # noqa: PLC0415 - likewise

        text = str(stream.text) if (stream := message.pane.stream) else ""
        asked_on = self.screen
        if len(text) <= SHORT:
            links = links_in(text)
        else:
            links = await asyncio.to_thread(links_in, text)
        if self.screen is not asked_on:
            return  # the person has gone elsewhere, or has the list by an earlier press
        if not links:
            self.notify("no links in this text", timeout=3, markup=False)
            return
        link: FoundLink | None = await self.push_screen_wait(LinkList(links))
        if link:
            await self._ask_about(link)

    async def _ask_about(self, link: "FoundLink") -> None:
        from moa_tui.ui.links import opening  # noqa: PLC0415 - likewise
        from moa_tui.ui.screens.links import LinkCard  # noqa: PLC0415 - likewise

        obstacle = opening.obstacle()
        what = await self.push_screen_wait(LinkCard(link, obstacle))
        if what == "copy":
            self.copy_to_clipboard(link.address.url)
            self.notify("copied the address", timeout=2, markup=False)
        elif what == "open":
            try:
                await asyncio.to_thread(opening.open_in_browser, link.address)
            except OSError as error:
                self.notify(f"no browser: {error.strerror}", severity="warning", markup=False)
