"""The guided talk: question sets as data, stop rules, urgent needs, signs and outcomes."""
