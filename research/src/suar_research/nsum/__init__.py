"""Network scale-up: how many there are, from how many of them people of a general survey know."""
