"""Pure knowledge with sources: act, means and purpose, and the child rule."""
