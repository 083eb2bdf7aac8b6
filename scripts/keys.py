"""Write the table of all keys: python scripts/keys.py > docs/keys.md."""

import sys

from moa_tui.ui.key_table import as_markdown

sys.stdout.write(as_markdown())
