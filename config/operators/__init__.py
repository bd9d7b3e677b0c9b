"""The operator's pages: users, groups, jobs, outbox, lockouts, tokens and sessions; never a way around the ledger.

Only what stands in a door table is shown, so nothing of a book and nobody's person. Every page runs in one transaction
in which no group's row is seen and what changes is the operator's.
"""

from config.operators.doors import Attempts, Failed, Sessions, Tokens
from config.operators.people import Groups, Seats, Users
from config.operators.site import operators
from config.operators.work import Jobs, Messages

__all__ = ["operators"]

for pages in (Users, Groups, Seats, Tokens, Sessions, Attempts, Failed, Jobs, Messages):
    operators.register(pages.shows, pages)
