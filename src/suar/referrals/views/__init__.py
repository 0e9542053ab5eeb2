"""Pages of referrals: the person's side, the inbox of a receiver, and the link."""
