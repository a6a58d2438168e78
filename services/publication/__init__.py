"""Publication: figures that were published, each as a statement signed with this log's key.

It may record what audit counts at a signed cut, and nothing a caller counted. What was published is
never taken back: it is restated, with a reason, and both statements stay. It also holds what was
said of audit's findings: explained, accepted or closed, and why.
"""
