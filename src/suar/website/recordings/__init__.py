"""Public texts read aloud: brought and published by editors, heard by anybody without script."""
