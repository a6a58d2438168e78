"""Zhenfeng (贞丰): the report without a number, and the whole process that it tells of."""
