"""Neon's branch and connection as dynamic resources.

The class paths of the providers in this package are persisted in every stack's state: never rename or move them.
"""
