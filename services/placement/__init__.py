"""Placement: employers, matching events, referrals, agreements, contracts, health checks, work, subsidies.

It may record documents (份) and spells of work (人次), and never says that one became the other. It
follows training to keep the pool of people who passed a class and are not yet at work.
"""
