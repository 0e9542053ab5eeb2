"""The side of the public door: it can put in, and take out only what a code itself opens."""
