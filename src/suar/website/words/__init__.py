"""The words of the public door as translators work with them: out as a file, checked, back in."""
