"""Text on its way to the screen: wrapping, light formatting while it streams, Markdown after."""
