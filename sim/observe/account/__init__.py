"""The loyalty account: every change of attitude and of share of wallet booked to its cause.

**Attitude.** What a partner says of a vendor is its own experience, and by how much what it hears moves it away from that:
A = X + sum over kinds of network (peers_k + hosts_k).  X is a stock with a memory: each month with business leaves
rho X + u, with rho = 1 - pull - kappa |gap| and u = kappa gap, so it is the sum of stocks, one a component of the gap
(margin, support, conflict, benefits, what was expected at first, the treadmill, chance), each of which gains its part
of u and fades by rho.  Nothing is left over, and what fades is what had been built up.

**Share of wallet.** s = 12-month purchases of a vendor / all of them, which is not linear.  But a month's purchases b of
B move it by exactly phi (q - s), phi = b / B, q the month's own shares, so s too is a sum of stocks that gain phi q_i and
fade by phi.  What is bought follows from choices of vendors, one a deal: q of a deal is
the equal split over the vendors that the team has, by how each came on the line card (Shapley over the vendors),
plus what each driver of the choice adds to the logit's probabilities (Shapley over margin, experience, peers, hosts, fit,
habit, certification, from no driver to all), plus chance: what was chosen less its probability.

**Means.** Both are means over a changing set.  Those who stay carry the bookings of their stocks; who leaves is booked as
(mean before - own) / stayers, who comes as (own - mean of stayers after) / all after.  The bookings of a month sum to the
change of the mean.

Nothing is decided twice: experience is updated by the process's own scalar functions, what is heard by running the
process itself on a copy with peers or hosts switched off; chance is stateless, so the copy draws the same numbers.
"""

from sim.observe.account.books import ATTITUDE, WALLET, Account
from sim.observe.account.running import account_of

__all__ = ["ATTITUDE", "WALLET", "Account", "account_of"]
