"""Reviews of turns by staff: verdicts, samples, corrections, and questions that policies do not answer."""
