"""Case-file tables as research prints them: counts, shares, tests, times to an event, charts."""
