"""The demonstration world: invented people, invented services, numbers that cannot ring."""
