"""How the offline matcher is made: its pairs, its training, its files and its card. `make matcher` runs all of it."""
