"""Exact answers: found in a text, brought to one form, counted. Pure."""
