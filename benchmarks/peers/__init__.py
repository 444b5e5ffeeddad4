"""What somebody might pick instead of Candor, measured in the same run, each with an environment and pins of its own."""
