"""What streams cost, in US dollars. Pure; prices are `roster.model.Price`, per million tokens."""

from moa_tui.engine.provider import Usage
from moa_tui.roster.model import Price

_MILLION = 1_000_000


def cost_of(price: Price, usage: Usage) -> float:
    """Return what `usage` costs: reasoning is output, cached input has its own price if any."""
    cached = min(usage.cached, usage.prompt)
    cached_price = price.input if price.cached is None else price.cached
    spent = (usage.prompt - cached) * price.input + cached * cached_price
    return (spent + usage.output * price.output) / _MILLION


def dollars(amount: float | None) -> str:
    """Return an amount as it is shown: `$0.0061`, `$1.23`; `–` where it is not known."""
    if amount is None:
        return "–"
    if amount == 0:
        return "$0"
    if amount < 0.0001:
        return "<$0.0001"
    if amount < 0.01:
        return f"${amount:.2g}"
    return f"${amount:.3f}" if amount < 0.9995 else f"${amount:,.2f}"
