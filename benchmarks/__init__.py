"""How fast Candor is and what it takes, as ratios of one run; `make bench`."""
