"""The parser of command lines: what it quotes of one is cleaned."""

import argparse
from typing import NoReturn


class Parser(argparse.ArgumentParser):
    """argparse's, whose complaints hold no control sequence of the arguments they are about."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line, and exit with status 2."""
        from moa_tui.text import clean

        super().error(clean(message))
