"""Training: classes opened, persons enrolled, assessed and certified, activities held, sites recognised.

It may record what happened in a class to a person known by reference alone, activities with the
numbers their organisers stated, and statistics that a source attests and no entry here backs.
"""
