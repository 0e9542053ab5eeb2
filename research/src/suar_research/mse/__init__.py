"""Multiple systems estimation: how many people no list has met, from how the lists overlap."""
