"""What Amplify has and pulumi-aws has not, as dynamic resources.

The class paths of the providers in this package are persisted in every stack's state: never rename or move them.
"""
