"""Stand-ins for the plugins pulumi-resource-aws and pulumi-resource-command, over Pulumi's gRPC provider protocol.

`python -m localcloud.providers aws|command [engine address]` prints its port and serves until its engine is gone. It
keeps no state. What it does not know it refuses by name: a resource, a function, an input, a setting of the provider.
"""

from __future__ import annotations

LIMITS = (
    "aws: App, Branch and DomainAssociation of amplify, Parameter of ssm, Role and RolePolicy of iam; the functions"
    " getParameter, getCallerIdentity and getRegion.",
    "aws: a policy document is a JSON text; written differently it counts as changed; so do subdomains in new order.",
    "aws: a role has no inline or managed policies of its own, no boundary, no name prefix, and is not force-detached.",
    "aws: works against a loopback AWS_ENDPOINT_URL only, takes credentials from the environment, retries nothing.",
    "aws: a resource's own `region` is refused; so are valueWo and arn of a parameter and Gen 1's backend of a branch.",
    "aws: no __defaults in inputs and no state upgrades, so a state written here is not for the real plugin to go on.",
    "aws: messages are shorter than the real plugin's, which wraps those of AWS in request ids and links.",
    "command: local.Command only; no assets, no archives, no local.run, no remote commands, no import.",
    "both: no schema (so no code for `pulumi import`), no component resources, no methods, no list, no mappings.",
)
"""What these stand-ins leave out, one sentence each."""
