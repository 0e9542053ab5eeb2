"""The command line: `suar-research estimate|link|tabulate|release|study`."""
