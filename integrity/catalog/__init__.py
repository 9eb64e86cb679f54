"""A live database into a ``Catalog``, a ``Catalog`` into DDL; contracts, drift, equality."""
