"""What moa-tui costs, as ratios in one run on the same work: python -m benchmarks.NAME."""
