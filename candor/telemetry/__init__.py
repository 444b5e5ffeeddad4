"""What operators see of a process: its log lines, counts, durations and spans; never a word that a person wrote."""
