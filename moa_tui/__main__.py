"""`python -m moa_tui`."""

import sys

from moa_tui.cli.main import main

sys.exit(main())
