"""Rules of feedback and complaints. Plain Python."""
