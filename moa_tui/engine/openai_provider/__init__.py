"""Requests through the openai SDK. The only room that imports it, and imported late."""
