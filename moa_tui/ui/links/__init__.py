"""Links in answers: found, shown whole, opened or copied only when the person asks for it."""
