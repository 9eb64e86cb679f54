"""One change each: statements to migrate, statements to roll back, and the reason."""
