"""A migration into a changed database: executor, journal, locks, progress, status."""
