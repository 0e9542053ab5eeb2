"""The two sites of Suar: pages for the public on one host, for staff on another."""
