"""Training the encoder: a command for developers and operators, not part of the running assistant."""
