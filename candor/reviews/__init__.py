"""What staff say of turns: verdicts, samples, corrections, and what policies do not say."""
