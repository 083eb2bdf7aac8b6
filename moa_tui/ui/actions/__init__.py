"""What a person may do to a turn: while it runs, after it, and for the next one."""
