"""How well a colour is read on another: WCAG 2."""

from textual.color import Color

AA_TEXT = 4.5
"""The least contrast of text (WCAG 2, 1.4.3, level AA)."""


def contrast(one: Color, other: Color) -> float:
    """Return the contrast ratio of two solid colours, 1 to 21."""
    dark, light = sorted(
        sum(
            weight * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
            for weight, part in zip((0.2126, 0.7152, 0.0722), color.normalized, strict=True)
        )
        for color in (one, other)
    )
    return (light + 0.05) / (dark + 0.05)


def readable(color: Color, ground: Color, ink: Color) -> Color:
    """Return `color`, drawn towards `ink` as far as it takes to be read on `ground`."""
    for percent in range(0, 100, 10):
        drawn = color.blend(ink, percent / 100, alpha=1)
        if contrast(drawn, ground) >= AA_TEXT:
            return drawn
    return ink
