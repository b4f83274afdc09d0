"""Benchmarks: `python -m benchmarks.NAME [--quick] --json` prints every figure with its bar and whether it holds."""
