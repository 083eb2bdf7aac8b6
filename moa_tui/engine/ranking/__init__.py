"""Agents rank one another's answers: what they are asked, how ballots are read and counted."""
