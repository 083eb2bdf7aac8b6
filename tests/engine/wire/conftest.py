"""How properties are tested: for what they say, not for how long a busy machine takes."""

from hypothesis import settings

if settings.get_current_profile_name() == "default":
    settings.register_profile("patient", deadline=None)
    settings.load_profile("patient")
