"""How the person wants the app to be: settings.yaml, and what is remembered between runs."""
