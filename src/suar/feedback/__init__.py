"""Feedback on help, and complaints, without an account."""
