"""A stand-in for AWS on one loopback address: Amplify Hosting by our own emulator, and of moto what the program needs:
Parameter Store, STS, IAM's roles, DynamoDB and CloudFormation.

`python -m localcloud.aws --state DIR [--port N]` serves it. The account is always 123456789012, a region is made by
being named, and any access key is good except the one named `invalid`. Signatures are not checked. What else it does
not do is in `LIMITS`; what it refuses, it refuses by name.
"""

from __future__ import annotations

ACCOUNT = "123456789012"
"""The one account, which is also moto's default."""

LIMITS = (
    "Services: amplify, ssm, sts, iam, dynamodb, cloudformation; any other is answered with 501 and its name.",
    "STS: GetCallerIdentity only. No roles, no sessions, no policies: every caller may do everything.",
    "SSM: parameters and their tags (put, get, history, describe, delete); no labels, policies, documents, sharing.",
    "SSM: KMS is a name that is kept, nothing is encrypted; no throttling; AllowedPattern is read by Python's re.",
    "IAM: roles, their inline policies and policies to attach; no users, groups, profiles, AWS's own policies.",
    "DynamoDB: tables and items as moto has them, ready at once; no PartiQL, streams, backups, encryption by a key.",
    "CloudFormation: stacks of DynamoDB tables, IAM roles and managed policies, from a template in the request; no"
    " change sets, nested or custom resources. A table or role of a stack is added or removed, never changed.",
    "CloudFormation: resources are there at once, a stack is in progress for as long as `stack_seconds` says.",
    "CloudFormation: an update that changes nothing is accepted.",
    "CloudFormation: what a resource refuses is refused as a whole, where AWS would accept the call and roll it back.",
    "CloudFormation: no deployment fails by itself; a stack is put into a status by PUT /_localcloud/stack-status.",
    "IAM, DynamoDB and CloudFormation are kept as moto's objects, which moto at another version may not read.",
    "Amplify: apps, branches, jobs, domains, webhooks, tags; no deployments by hand, lists of artifacts, Gen 1 backends"
    " or previews.",
    "Amplify: the last deployment is served as files, at its branch's address by the Host header; no server-side"
    " rendering, redirects, headers or passwords.",
    "Amplify: a domain's certificate is verified by the clock, or by PUT /_localcloud/verify-domain; no DNS is asked."
    " Quotas of domains are not there. A domain is in use elsewhere when another app here has it.",
    "Amplify: a webhook that is posted to while a build of its branch runs is refused; AWS does not say what it does.",
    "Amplify: a job is run for real where the app's repository is a folder of this machine (a path or a file:// URL)."
    " Any other passes through its states by the clock and succeeds, unless it was told to fail; it builds nothing.",
    "Amplify: no push is seen, whatever enableAutoBuild says; PUT /_localcloud/push does what one would do.",
    "Amplify: a job of the API has the commit that it was given, else HEAD; RETRY builds what the named job says, HEAD"
    " too. The real service was seen to build HEAD in cases whatever commit it said; the setting build_head does that.",
    "Amplify: all commands of a build run in one bash, as users report of the real one; a command that ends that shell"
    " fails the build. There is no container: a build can read what the user who runs localcloud can.",
    "Amplify: a build specification has backend, frontend and applications, and of these phases, artifacts (without"
    " discard-paths), cache and buildPath; no env, test, or customHeaders. No custom image, no live updates.",
    "Amplify: a build gets the first ten parameters of its branch's path as `secrets`. Its role may do everything.",
    "Amplify: quotas are 50 branches an app, one active job a branch, 5 a region and 50 webhooks an app; what is over"
    " them is refused. Calls are throttled on order only (the setting throttle).",
    "Amplify: default page size is 10, which AWS does not document; error texts are as far as they are publicly known.",
)
"""What this stand-in leaves out, one sentence each."""
