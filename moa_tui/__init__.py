"""A mixture of agents in the terminal: several models answer at once, one writes the answer."""

__version__ = "0.1.0"
