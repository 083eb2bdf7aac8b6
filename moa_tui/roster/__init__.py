"""agents.yaml → Roster: who answers, at which provider, with which prompts."""
