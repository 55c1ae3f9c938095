"""Holds what a function asked of the cloud against what its rendered role allows.

    role_check.py TEMPLATE ROLE S3_LOG [DYNAMO_LOG]    logs of s3_proxy.py and fault_proxy.py

Fails for a request that the role does not allow, and for an action on S3 or DynamoDB that it allows and nobody needed.
"""

import fnmatch
import json
import sys
import urllib.parse

template, role, s3_log = sys.argv[1:4]
properties = json.load(open(template))["Resources"][role]["Properties"]
statements = [s for policy in properties["Policies"] for s in policy["PolicyDocument"]["Statement"]]


def listed(value):
    return value if isinstance(value, list) else [value]


def resources(statement):
    """s3:::bucket/key as patterns; a table as its attribute."""
    return [r["Fn::Sub"].split(":s3:::")[-1] if "Fn::Sub" in r else json.dumps(r) for r in listed(statement["Resource"])]


used = set()


def check(action, resource=None, context=None):
    for number, statement in enumerate(statements):
        fits = any(resource is None or fnmatch.fnmatchcase(resource, pattern) for pattern in resources(statement))
        conditions = statement.get("Condition", {}).get("StringEquals", {})
        if action in listed(statement["Action"]) and fits and all((context or {}).get(k) == v for k, v in conditions.items()):
            used.add((number, action))
            return
    sys.exit(f"{role} does not allow {action} on {resource} {context or ''}")


for line in open(s3_log):
    method, url, *_ = line.split(" ")
    path, _, query = url.partition("?")
    query = urllib.parse.parse_qs(query, keep_blank_values=True)
    name = urllib.parse.unquote(path).lstrip("/")
    if method in ("GET", "HEAD") and "list-type" in query:
        check("s3:ListBucket", name.rstrip("/"), {"s3:prefix": query["prefix"][0]})
    elif method in ("GET", "HEAD"):
        check("s3:GetObject", name)
    else:
        sys.exit(f"{role}: {line}")
for log in sys.argv[4:]:
    for line in open(log):
        check("dynamodb:" + line.split(" ")[0])
for number, statement in enumerate(statements):
    for action in listed(statement["Action"]):
        if action.startswith(("s3:", "dynamodb:")) and (number, action) not in used:
            sys.exit(f"{role} allows {action}, which nobody needed")
print(f"{len(used)} actions")
