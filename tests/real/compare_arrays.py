#!/usr/bin/env python3
# compare_arrays.py A.params B.params [MODEL.onnx]: every array of A is in B under its name with the same shape and bytes, and the other
# way round; the initializers of MODEL.onnx that have the name of an array hold its bytes, too (or ones: gamma that MXNet takes as 1).
import struct
import sys

TYPE_BYTES = {0: 4, 1: 8, 2: 2, 3: 1, 4: 4, 5: 1, 6: 8}


def read_params(path):
    data = open(path, "rb").read()
    magic, _, count = struct.unpack_from("<QQQ", data)
    assert magic == 0x112
    at, arrays = 24, []
    for _ in range(count):
        version, kind, rank = struct.unpack_from("<Iii", data, at)
        assert (version, kind) == (0xF993FAC9, 0)
        shape = struct.unpack_from(f"<{rank}q", data, at + 12)
        at += 12 + 8 * rank
        _, _, number = struct.unpack_from("<iii", data, at)
        size = TYPE_BYTES[number]
        for side in shape:
            size *= side
        arrays.append((number, shape, data[at + 12 : at + 12 + size]))
        at += 12 + size
    (names,) = struct.unpack_from("<Q", data, at)
    at += 8
    assert names == count
    out = {}
    for array in arrays:
        (length,) = struct.unpack_from("<Q", data, at)
        out[data[at + 8 : at + 8 + length].decode()] = array
        at += 8 + length
    assert at == len(data) and len(out) == count
    return out


def fields(data):
    at = 0

    def varint():
        nonlocal at
        value, shift = 0, 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = varint()
        if key & 7 == 2:
            size = varint()
            yield key >> 3, data[at : at + size]
            at += size
        elif key & 7 == 0:
            yield key >> 3, varint()
        else:
            yield key >> 3, data[at : at + 4]
            at += 4


def initializers(path):
    graph = dict(fields(memoryview(open(path, "rb").read())))[7]
    for field, tensor in fields(graph):
        if field == 5:
            parts = dict(fields(tensor))
            yield bytes(parts[8]).decode(), bytes(parts[9])


a, b = read_params(sys.argv[1]), read_params(sys.argv[2])
assert a.keys() == b.keys() and a, "other names"
for name, array in a.items():
    assert array == b[name], name
if len(sys.argv) > 3:
    plain = {name.split(":", 1)[1]: array for name, array in a.items()}
    same = 0
    for name, data in initializers(sys.argv[3]):
        if name not in plain:
            continue
        if data != plain[name][2]:
            assert name.endswith("_gamma") and data == struct.pack("<f", 1) * (len(data) // 4), name
        else:
            same += 1
    assert same > 100, f"only {same} arrays are in the graph"
print(len(a))
