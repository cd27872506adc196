"""The day-2 commands, `python -m ops ...`: each is a few calls of Pulumi that a person would have to remember."""
