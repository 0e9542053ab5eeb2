"""The public directory and the pages to read as a folder of files for any web host."""
