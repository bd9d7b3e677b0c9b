"""The operator's pages: users, groups, jobs, outbox, lockouts, tokens and sessions; never a way around the ledger."""

from django.contrib.admin import AdminSite

operators = AdminSite(name="operators")
