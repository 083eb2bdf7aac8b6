"""What the program survives: python -m benchmarks.reliability."""
