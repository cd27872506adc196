"""A small stand-in for the Pulumi CLI, where none is installed: `python -m localcloud.engine ARGS...`.

It runs an unchanged Pulumi program in Python against a file backend, in the CLI's own layout and checkpoint format, so
that a real CLI can carry on from its state and it from the CLI's. `supported.py` is the published list of what it does;
everything else is refused by name, whether a command, a flag, a resource option or a field of a checkpoint.
"""
