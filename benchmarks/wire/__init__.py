"""The server that all benchmarks measure against, and a client that only drains it."""
