"""Reads, before anything is registered, what the settings name: so that what cannot work is said before it is begun."""
