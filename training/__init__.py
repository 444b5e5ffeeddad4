"""Training of the encoder, the ranker and the aspect mapper, by `candor train`. The running assistant does not need it."""
