"""Finding that two lists hold the same person, from tokens alone and without names."""
