"""What the script `suar` is made of: the standard library only, for a bare machine."""
