"""Container images with one fault each: make_image.py OUTPUT FAULT. OUTPUT is a folder (an OCI layout), or for docker-* a tar."""

import gzip
import hashlib
import io
import json
import os
import sys
import tarfile

OCI = "application/vnd.oci.image."
DOCKER = "application/vnd.docker."
output, fault = sys.argv[1:3]
blobs = {}


def add(data):
    digest = hashlib.sha256(data).hexdigest()
    blobs[digest] = data
    return digest


def descriptor(media_type, data):
    return {"mediaType": media_type, "digest": "sha256:" + add(data), "size": len(data)}


def layer(members):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, kind, value in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            if kind == tarfile.REGTYPE:
                info.size = len(value)
                tar.addfile(info, io.BytesIO(value))
            else:
                info.linkname = value
                tar.addfile(info)
    return buffer.getvalue()


FILE, LINK, HARD, FOLDER, DEVICE = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE
MEMBERS = {
    "absolute": [("/etc/passwd", FILE, b"x")],
    "dotdot": [("a/../../x", FILE, b"x")],
    "through-link": [("out", LINK, "/etc"), ("out/passwd", FILE, b"x")],
    "through-climb": [("a", FOLDER, ""), ("a/out", LINK, "../../etc"), ("a/out/passwd", FILE, b"x")],
    "inside-link": [("usr", FOLDER, ""), ("lib", LINK, "usr"), ("lib/x", FILE, b"x")],
    "replaced-link": [("out", LINK, "/etc"), ("out", FOLDER, ""), ("out/passwd", FILE, b"x")],
    "hard-out": [("x", HARD, "../../etc/shadow")],
    "hard-missing": [("x", HARD, "not/here")],
    "hard-good": [("y", FILE, b"y"), ("x", HARD, "./y")],
    "whiteout": [("a/.wh.", FILE, b"")],
    "whiteout-good": [("a/.wh.b", FILE, b""), ("a/.wh..wh..opq", FILE, b"")],
    "device": [("null", DEVICE, "")],
    "pickle": [("m.pkl", FILE, b"\x80\x04."), ("lib/x.py", FILE, b"#!")],
    "dot-slash": [("./", FOLDER, ""), ("./a", FILE, b"x")],
}
tar = layer(MEMBERS.get(fault, [("a", FILE, b"text"), ("link", LINK, "/bin/sh")]))
if fault == "empty-layer":
    tar = bytes(1024)
diff_id = "sha256:" + hashlib.sha256(tar if fault != "diff-id" else b"").hexdigest()
config = {"architecture": "amd64", "os": "linux", "config": {"Entrypoint": ["/a"], "Labels": None},
          "rootfs": {"type": "layers", "diff_ids": [diff_id] * (2 if fault == "layers" else 1)},
          "history": [] if fault == "no-history" else [{"created_by": "x"}]}
if fault == "windows":
    config["os"] = "windows"
config = json.dumps(config).encode()

if fault.startswith("docker"):
    with tarfile.open(output, "w") as archive:
        def put(name, data):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        put("aaa/layer.tar", tar)
        link = tarfile.TarInfo("bbb/layer.tar")
        link.type, link.linkname = LINK, "../aaa/layer.tar" if fault == "docker-good" else "../../outside/layer.tar"
        archive.addfile(link)
        put("c.json", config)
        put("manifest.json", json.dumps([{"Config": "c.json", "RepoTags": ["x:1"], "Layers": ["bbb/layer.tar"]}]).encode())
    sys.exit()

packed = gzip.compress(tar, mtime=0)
media = {"zstd-type": OCI + "layer.v1.tar+zstd", "mixed": DOCKER + "image.rootfs.diff.tar.gzip"}.get(fault, OCI + "layer.v1.tar+gzip")
manifest = {"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json", "config": descriptor(OCI + "config.v1+json", config),
            "layers": [descriptor(media, packed)]}
if fault == "size":
    manifest["layers"][0]["size"] += 1
entry = descriptor(manifest["mediaType"], json.dumps(manifest).encode())
entries = [entry]
if fault == "attestation":
    entries.append(dict(descriptor(manifest["mediaType"], b'{"schemaVersion":2}'),
                        annotations={"vnd.docker.reference.type": "attestation-manifest"}))
index = json.dumps({"schemaVersion": 2, "manifests": entries}).encode()
if fault in ("index", "attestation"):
    index = json.dumps({"schemaVersion": 2, "manifests": [descriptor(OCI + "index.v1+json", index)]}).encode()
if fault == "missing":
    del blobs[manifest["layers"][0]["digest"][7:]]
if fault in ("layer-bytes", "config-bytes"):
    key = manifest["layers"][0]["digest"][7:] if fault == "layer-bytes" else manifest["config"]["digest"][7:]
    blobs[key] = blobs[key].replace(b"amd64", b"amd65") if fault == "config-bytes" else gzip.compress(tar, 1, mtime=1)
if fault == "large-json":
    index = b'{"manifests":[' + b" " * (5 << 20) + b"]}"
if fault == "bad-json":
    index = b'{"manifests":['
os.makedirs(output + "/blobs/sha256")
for name, data in blobs.items():
    with open(f"{output}/blobs/sha256/{name}", "wb") as file:
        file.write(data)
with open(output + "/index.json", "wb") as file:
    file.write(index)
if fault != "layout":
    with open(output + "/oci-layout", "w") as file:
        file.write('{"imageLayoutVersion":"' + ("9" if fault == "version" else "1.0.0") + '"}')
