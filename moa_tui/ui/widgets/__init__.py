"""The parts of the screen, one widget a file: state goes in by `show`, messages come out."""
