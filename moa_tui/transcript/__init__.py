"""What is kept of a turn: its record and the history database."""
