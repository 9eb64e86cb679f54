"""The heart: how rows of many legacy tables become rows of one unified table, provably.

Read the files in this order: ``layout`` (where tables stand), ``resolved`` (a mapping with every
name and type known), ``resolve`` (how it becomes known), then what runs: ``load`` writes the rows,
``ledger`` accounts for them, ``expectation`` proves them, ``writeback`` carries later changes home.
"""
