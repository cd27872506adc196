"""Local stand-ins for Neon, for AWS and, where there is no Pulumi CLI, for its engine."""
