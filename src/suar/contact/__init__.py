"""Requests for help without an account: sealed letters, return codes, files, and the desk that answers."""
