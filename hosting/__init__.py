"""AWS Amplify Hosting and SSM through boto3. It knows nothing of Pulumi."""
