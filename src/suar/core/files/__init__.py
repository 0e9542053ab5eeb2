"""Files from outside: which are taken, how they are scanned and redrawn, and how they are sent to a browser."""
