"""Measures Suar beside a bare Django yardstick in one run: `./suar bench`."""
