"""The person's terminal: what is written to it, how fast it takes that, and when it is gone."""
