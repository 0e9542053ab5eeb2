"""The guided talk: instruments as data, stop rules, urgent needs, signs, and the outcome a worker chooses."""
