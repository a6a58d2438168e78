"""Linqing (临清) 家政美家: attendances printed as persons, and parts that do not add up."""
