"""What people type, read once and the same everywhere: characters, addresses, one-time codes, short answers."""
