"""Pages of the talk."""
