"""A client of the Neon API. It knows nothing of Pulumi."""
