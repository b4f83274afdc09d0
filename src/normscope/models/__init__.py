"""Asking a model: one Protocol, its backends, and the asker that keeps, retries and bounds the calls."""
