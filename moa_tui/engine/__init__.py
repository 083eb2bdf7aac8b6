"""Runs a turn: one question, its streams, the final answer. Knows no terminal and no file."""
