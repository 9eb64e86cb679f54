"""Pipelines: rows from queries into a table, again and again, with every row accounted for.

``live`` reads the tables as they stand, ``resolve`` turns a pipeline into a resolved mapping over
its extract, ``batch`` writes the SQL of one batch, ``sync`` what a sync adds to it, and ``run``
passes over the source, batch by batch. ``toolkit`` holds the tables that remember.
"""
