"""What can be set, its defaults, and what each setting means."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Layout = Literal["auto", "grid", "tabs", "focus"]
LAYOUTS: tuple[Layout, ...] = ("auto", "grid", "tabs", "focus")

MAX_BINDINGS = 300


class Settings(BaseModel):
    """The app's settings; `model_fields_set` says which of them somebody has chosen."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    theme: str = Field(
        "auto",
        max_length=60,
        description="Colours: a name from docs/themes.md, or auto: light or dark as the terminal"
        " is.",
    )
    layout: Layout = Field(
        "auto",
        description="How panes are arranged: auto (by the size of the screen), grid, tabs (one at a"
        " time) or focus (the answer large, a line for every agent). F3 changes it.",
    )
    mouse: bool = Field(
        default=True, description="Whether the app has the mouse, or the terminal. F9 changes it."
    )
    low_bandwidth: Literal["auto", "on", "off"] = Field(
        "auto",
        description="on: at most 30 kB a second, the answer and the pane with the focus live, the"
        " others by their figures. auto: so over SSH, if the link is slow. off: never.",
    )
    while_running: Literal["queue", "interrupt"] = Field(
        "queue",
        description="A question that is sent while a turn runs: queue (asked when the turn has"
        " ended) or interrupt (the turn is stopped for it).",
    )
    stop_key: Literal["esc", "esc-esc", "ctrl+c"] = Field(
        "esc",
        description="What stops a turn: esc, esc-esc (pressed twice) or ctrl+c alone. Ctrl+C always"
        " does.",
    )
    notify: Annotated[float, Field(ge=0, le=86_400)] | None = Field(
        10,
        description="Ring the terminal's bell when a turn of at least so many seconds ends while"
        " another window has the focus. null: never.",
    )
    animations: bool = Field(default=True, description="Whether anything may glide.")
    ascii: bool = Field(
        default=False,
        description="Write frames and signs in ASCII, for terminals and fonts without them.",
    )
    preset: str = Field(
        "", max_length=60, description="Preset of the agents.yaml to open with. Empty: none."
    )
    keymap: dict[str, str] = Field(
        default_factory=dict,
        max_length=MAX_BINDINGS,
        description="Other keys, by the names in docs/keys.md: {layout.next: alt+l}."
        " Several: 'alt+l,f12'.",
    )
