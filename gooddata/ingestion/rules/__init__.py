"""The rules of a project: a tracking plan, and which traffic is the project's own.

An event that `check` accepted comes in, with what is known of its sender; it leaves as kept, as dropped with a reason,
or as violating a rule, with the field that is wrong. A project without rules has no `Rules`, and its events never come
here.
"""
