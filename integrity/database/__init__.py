"""URLs into connections, the embedded server, and the identity of a target database."""
