"""The parts of the script `suar`: the standard library only, for a bare machine."""
