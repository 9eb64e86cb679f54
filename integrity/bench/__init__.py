"""Benchmarks: the engine against SQL written by hand, in one run, as ratios."""
