"""Datong carers (大通护工): registers of a whole county's programme, with synthetic people."""
