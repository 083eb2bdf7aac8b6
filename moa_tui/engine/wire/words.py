"""Words of the wire that are kept or shown: cleaned, without keys, bounded. The one way in.

Whatever a server sends beside its answer (a finish reason, the name of a tool, what could not be
read) ends in panes, JSON, the history and recordings; a server can put the key into it that it was
sent.
"""

from moa_tui.redaction import redact
from moa_tui.text import clean, clean_line

_READ = 4096


def shown(said: str, limit: int = 80) -> str:
    """Return foreign words as one line of at most `limit` characters that may be shown and kept.

    They are cleaned before keys are looked for: a key with an invisible character in it would show
    as itself.
    """
    line = " ".join(clean(said[:_READ]).split())
    return clean_line(redact(line), limit)
