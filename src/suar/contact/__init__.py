"""What people say to us by themselves: asking for help without an account, and coming back."""
