"""Tables of people that may be published: what is hidden, why it stays hidden, and what is told."""
