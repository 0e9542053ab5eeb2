"""Database backends that Suar brings along."""
