"""Rules: the decisions that a scenario may replace.

At six points a process lays out the alternatives as a *decision table* (a NamedTuple of arrays, one
row a decision), a rule decides, and the process applies the decision.  A rule is any object with

    decide(table, chance) -> array        # columns: NumPy or Numba

or, one decision at a time in plain Python,

    decide_one(case, chance) -> value     # case: the same NamedTuple, holding one row

``chance(purpose, uids, j=0)`` gives uniform numbers that depend only on seed, replication, month and
the arguments.  Parameters are keyword arguments of the constructor.
"""
