"""How fast Candor is and how much memory it needs, as ratios within one run: `make bench`."""
