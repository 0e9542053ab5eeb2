"""The decisions of the talk, from frozen facts: steps, stops, needs, path, elements, outcome."""
