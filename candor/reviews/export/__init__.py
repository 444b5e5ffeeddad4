"""Training export: accepted corrections → changes of the training data, and a measurement of whether they help."""
