"""Says, of each question on standard input, whether an IAM policy allows it.

The policy is read from the file that the first argument names. It is first looked over by parliament, which
knows which actions, resources and condition keys AWS has; what it finds is printed on standard error, with
exit status 1. Then each line of standard input, a JSON object of `action`, `resource` and `context`, is answered
by `allowed` or `denied`: PMapper's local simulation, which needs no AWS.
"""
import collections
import collections.abc
import json
import sys

# PMapper 1.1.5 looks for these where Python had them before 3.10.
for name in ("Mapping", "MutableMapping"):
    if not hasattr(collections, name):
        setattr(collections, name, getattr(collections.abc, name))

import parliament
from principalmapper.querying.local_policy_simulation import policy_has_matching_statement
from principalmapper.util.case_insensitive_dict import CaseInsensitiveDict

with open(sys.argv[1]) as file:
    text = file.read()
policy = json.loads(text)


def is_elsewhere(mismatch):
    """Whether another statement gives an action the kind of resource that it needs too: RunInstances has other
    conditions for each."""
    kind = mismatch["required_format"].rsplit(":", 1)[1].split("/")[0] + "/"
    return any(
        resource.rsplit(":", 1)[1].startswith(kind)
        for statement in policy["Statement"]
        if mismatch["action"] in statement["Action"]
        for resource in statement["Resource"]
    )


def is_fine(finding):
    if finding.issue == "RESOURCE_STAR":
        return True
    return finding.issue == "RESOURCE_MISMATCH" and all(map(is_elsewhere, finding.detail))


findings = [f for f in parliament.analyze_policy_string(text).findings if not is_fine(f)]
for finding in findings:
    print(f"{finding.issue}: {finding.detail} {finding.location}", file=sys.stderr)
for line in sys.stdin:
    asked = json.loads(line)
    allowed = policy_has_matching_statement(
        policy, "Allow", asked["action"], asked["resource"], CaseInsensitiveDict(asked["context"])
    )
    print("allowed" if allowed else "denied")
sys.exit(1 if findings else 0)
