"""A bare Django project with the same work and nothing else: what Django itself costs here.

A yardstick, not a template: no permissions, no forms, no page of an audit, no key of a person.
"""
