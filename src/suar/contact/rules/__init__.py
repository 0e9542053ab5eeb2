"""Rules of requests without an account. Plain Python."""
