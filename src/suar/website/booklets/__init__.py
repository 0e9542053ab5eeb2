"""From the public directory to the words of a printed one, and the pages to make and take it."""
