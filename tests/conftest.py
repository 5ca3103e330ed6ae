"""What holds for every test."""

from hypothesis import settings

# How long an example takes is the machine's business; on a busy one the default (200 ms) fails at random.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
