"""The command line: the app by default, headless commands beside it."""
