"""`moa-tui init`: the person's own settings.yaml and agents.yaml, to be edited."""

import argparse
import os

from moa_tui import paths
from moa_tui.cli.exits import Exit


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", summary: str
) -> None:
    """Add the command."""
    parser = subparsers.add_parser("init", help=summary, description=summary)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write what is not there yet, and say what was written."""
    from moa_tui.cli.files import write_whole
    from moa_tui.errors import MoaError
    from moa_tui.private_files import private_folder
    from moa_tui.roster.loading import FILE_NAME
    from moa_tui.settings.loading import settings_file
    from moa_tui.settings.written import default_document
    from moa_tui.text import shown_path

    del options
    shipped = paths.shipped(FILE_NAME).read_text(encoding="utf-8")
    wanted = {settings_file(): default_document(), paths.user_config_dir() / FILE_NAME: shipped}
    try:
        private_folder(paths.user_config_dir())
    except OSError as error:
        reason = f"{paths.user_config_dir()} cannot be made: {error.strerror}"
        raise MoaError(reason, "make the folder, then try again") from None
    for path, text in wanted.items():
        if os.path.lexists(path):
            print(f"{shown_path(path)}: is there already, left as it is")
            continue
        write_whole(path, [text], replace=False, advice="make room, then try again")
        print(f"{shown_path(path)}: written")
    return Exit.OK
