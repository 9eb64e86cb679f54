"""Names, literals and expressions as PostgreSQL text: the door to sqlglot and Jinja.

``scan`` reads tokens, ``quote`` writes names and values, ``template`` fills templates with them;
``expression`` parses what users write, ``inverse`` turns it round, ``types`` knows type changes.
"""
