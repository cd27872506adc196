"""Data sets in files, loaded into an environment's tables and its database, each record with the environment's mark."""
