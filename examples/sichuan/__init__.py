"""Sichuan (四川) 一老一小: large totals only attested, beside two hundred people whose training is evidenced."""
