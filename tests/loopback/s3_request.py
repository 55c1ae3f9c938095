"""One signed request to an S3 server, for what mlopsctl does not do (making buckets), or a signed URL.

    s3_request.py ENDPOINT METHOD /PATH[?QUERY] [HEADER:VALUE ...]     prints the reply's body; fails unless it is 2xx
    s3_request.py --presign ENDPOINT METHOD PREFIX COUNT               prints COUNT signed paths PREFIX0, PREFIX1 ...

Keys are those of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
"""

import datetime
import hashlib
import hmac
import http.client
import os
import sys
import urllib.parse

REGION = "us-east-1"
EMPTY = hashlib.sha256(b"").hexdigest()
ID = os.environ["AWS_ACCESS_KEY_ID"]
now = datetime.datetime.utcnow()
STAMP, DAY = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
SCOPE = f"{DAY}/{REGION}/s3/aws4_request"


def signature(canonical):
    text = "\n".join(["AWS4-HMAC-SHA256", STAMP, SCOPE, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + os.environ["AWS_SECRET_ACCESS_KEY"]).encode()
    for part in (DAY, REGION, "s3", "aws4_request", text):
        digest = hmac.new(key, part.encode(), hashlib.sha256)
        key = digest.digest()
    return digest.hexdigest()


def presign(host, method, path):
    query = urllib.parse.urlencode(sorted({
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": f"{ID}/{SCOPE}", "X-Amz-Date": STAMP,
        "X-Amz-Expires": "86400", "X-Amz-SignedHeaders": "host"}.items()), quote_via=urllib.parse.quote, safe="-._~")
    canonical = f"{method}\n{path}\n{query}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD"
    return f"{path}?{query}&X-Amz-Signature={signature(canonical)}"


def request(host, method, target, headers):
    path, _, query = target.partition("?")
    if query and "=" not in query:
        query += "="
    signed = dict(sorted({**{k.lower(): v for k, v in headers}, "host": host, "x-amz-content-sha256": EMPTY,
                          "x-amz-date": STAMP}.items()))
    names = ";".join(signed)
    lines = "".join(f"{name}:{value}\n" for name, value in signed.items())
    made = signature(f"{method}\n{path}\n{query}\n{lines}\n{names}\n{EMPTY}")
    signed["authorization"] = f"AWS4-HMAC-SHA256 Credential={ID}/{SCOPE}, SignedHeaders={names}, Signature={made}"
    connection = http.client.HTTPConnection(host)
    connection.request(method, target, b"", signed)
    reply = connection.getresponse()
    sys.stdout.write(reply.read().decode())
    sys.exit(0 if reply.status < 300 else f"{method} {target}: {reply.status}")


if sys.argv[1] == "--presign":
    endpoint, method, prefix, count = sys.argv[2:]
    for number in range(int(count)):
        print(presign(endpoint.split("//")[1], method, f"{prefix}{number}"))
else:
    endpoint, method, target = sys.argv[1:4]
    request(endpoint.split("//")[1], method, target, [header.split(":", 1) for header in sys.argv[4:]])
