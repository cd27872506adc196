"""Faults of a network and of what stands between a client and a service: a proxy, and one kind of fault a file."""
