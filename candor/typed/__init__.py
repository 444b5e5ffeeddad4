"""What people type, read in the same way everywhere: characters, addresses, one-time codes, short answers."""
