"""What `moa-tui doctor` looks at: a module a subject, each gives a section of facts and advice."""
