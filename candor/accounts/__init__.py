"""Who of the company's own people may do what: accounts, roles, sign-in, sessions, and the log of what they did."""
