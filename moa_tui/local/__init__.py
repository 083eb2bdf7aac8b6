"""The embedded model: a small language model served on 127.0.0.1 by a child process."""
