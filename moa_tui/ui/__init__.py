"""The full-screen app. Everything that imports textual or rich is in here."""
