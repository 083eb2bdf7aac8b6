"""Screens laid over the main one."""
