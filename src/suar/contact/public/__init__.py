"""The public side: it writes letters, and reads only what a return code itself opens."""
