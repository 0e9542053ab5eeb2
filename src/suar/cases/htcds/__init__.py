"""The Human Trafficking Case Data Standard (HTCDS) 2.0: records out to other organisations, and in from them."""
