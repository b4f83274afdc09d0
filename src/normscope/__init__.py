"""Measures how far language models share people's social norms, from what they say in natural conversation."""
