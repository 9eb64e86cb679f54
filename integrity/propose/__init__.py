"""Proposals for a database that nobody described: which tables hold the same thing, and drafts."""
