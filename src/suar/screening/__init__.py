"""The guided talk: instruments as data, stop rules, urgent needs, signs, the chosen outcome."""
