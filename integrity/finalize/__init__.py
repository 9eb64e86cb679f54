"""Legacy into an archive that was proven by restoring it, out of the database, and back again."""
