"""What somebody would make or pick instead of the person page, over the same rows.

Read as the tables' owner, without row security, audit trail, explanation or flags: a view
written by hand, and the framework's own admin.
"""
