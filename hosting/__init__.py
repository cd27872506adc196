"""AWS Amplify Hosting and SSM through botocore. It knows nothing of Pulumi."""
