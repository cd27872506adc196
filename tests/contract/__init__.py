"""The client and the stand-in against Neon's own OpenAPI document."""
