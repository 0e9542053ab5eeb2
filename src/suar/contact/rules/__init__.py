"""Rules of asking for help: codes, pace, and when the door is open. Plain Python."""
