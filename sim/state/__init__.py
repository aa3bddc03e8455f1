"""What exists: tables of columns, one file per kind of thing.

A table is a NamedTuple of arrays that share their first axis.  A row is a firm, a network or a tie;
``uid`` is its permanent identity and is never used twice, whatever becomes of the row.
"""
