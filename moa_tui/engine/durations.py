"""Times in words, the same in every part of the program. Pure."""


def seconds(value: float) -> str:
    """Return a time: milliseconds matter below ten seconds, whole seconds above a minute."""
    if value < 9.995:
        return f"{value:.2f} s"
    return f"{value:.1f} s" if value < 59.95 else f"{round(value) // 60}:{round(value) % 60:02} min"
