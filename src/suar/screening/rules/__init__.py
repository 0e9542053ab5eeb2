"""What the talk decides, from frozen facts: steps, stop rules, needs, path, elements, suggestion, outcome."""
