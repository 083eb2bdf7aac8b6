"""Whether a file is the person's own: nobody else can write it, or put another in its place."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from moa_tui import paths
from moa_tui.roster.source import Source

_MOST_LINKS = 40


def in_own_folder(source: Source) -> bool:
    """Whether the file was named in the person's settings folder.

    A link in that folder is the person's own, wherever it leads; a folder that is a link is not
    followed out of it.
    """
    try:
        folder = source.named.parent.resolve()
        return folder.is_relative_to(paths.user_config_dir().resolve())
    except OSError:
        return False


def exposed(source: Source) -> Path | None:
    """Return what others could change on the way to the file, or the file; None: nothing.

    Every folder on the way counts, those of links too: whoever may write in one of them can put
    another file, perhaps one of the person's, in the place of this one.
    """
    if not hasattr(os, "geteuid"):  # Windows has no such owners: there the folder decides
        return None
    try:
        for folder, entry, path in _steps(source.named):
            if not _keeps(folder, entry):
                return path.parent
            last = entry
    except OSError:
        return source.named.parent
    if not os.path.samestat(last, source.status):
        return source.named.parent  # exchanged since it was read
    mine = source.status.st_uid in (os.geteuid(), 0) and not _others_may_write(source.status)
    return None if mine else source.path


def _steps(named: Path) -> Iterator[tuple[os.stat_result, os.stat_result, Path]]:
    """Walk to a file as the system does, link by link: each folder, and what was taken in it."""
    ahead = [*reversed(named.absolute().parts[1:])]
    here, links = Path("/"), 0
    while ahead:
        name = ahead.pop()
        if name == "..":
            here = here.parent
            continue
        path = here / name
        entry = path.lstat()
        yield here.stat(), entry, path
        if not stat.S_ISLNK(entry.st_mode):
            here = path
            continue
        links += 1
        if links > _MOST_LINKS:
            raise OSError
        target = path.readlink()
        if target.is_absolute():
            here, target = Path("/"), target.relative_to("/")
        ahead += reversed(target.parts)


def _keeps(folder: os.stat_result, entry: os.stat_result) -> bool:
    """Whether nobody but the person and root can exchange `entry` in `folder`."""
    ours = (os.geteuid(), 0)
    if folder.st_uid not in ours:
        return False
    sticky = folder.st_mode & stat.S_ISVTX and entry.st_uid in ours
    return bool(sticky) or not _others_may_write(folder)


def _others_may_write(found: os.stat_result) -> bool:
    if found.st_mode & stat.S_IWOTH:
        return True
    return bool(found.st_mode & stat.S_IWGRP) and not _is_private_group(found.st_gid)


def _is_private_group(group: int) -> bool:
    """Whether it is the group that many systems make for each person, with nobody else in it."""
    import grp  # noqa: PLC0415 - not everywhere, and seldom needed
    import pwd  # noqa: PLC0415 - likewise

    try:
        person, found = pwd.getpwuid(os.geteuid()), grp.getgrgid(group)
    except KeyError:
        return False
    alone = set(found.gr_mem) <= {person.pw_name}
    return person.pw_gid == group and found.gr_name == person.pw_name and alone
