# make_onnx.py FILE INPUT_SHAPE OUTPUT_SHAPE [KEY=VALUE...]: a small ONNX file, such as 1,3,8,8 and 1,84,100.
import sys


def varint(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def num(field, value):
    return varint(field << 3) + varint(value)


def sub(field, data):
    data = data if isinstance(data, bytes) else data.encode()
    return varint(field << 3 | 2) + varint(len(data)) + data


def info(name, shape):
    axes = b"".join(sub(1, num(1, int(s)) if s.isdigit() else sub(2, s)) for s in shape.split(","))
    return sub(1, name) + sub(2, sub(1, num(1, 1) + sub(2, axes)))


graph = sub(1, sub(4, "Conv")) + sub(11, info("images", sys.argv[2])) + sub(12, info("output0", sys.argv[3]))
for text in sys.argv[4:]:
    key, value = text.split("=", 1)
    if key == "external":
        graph += sub(5, sub(8, "w") + sub(13, sub(1, "location") + sub(2, value)) + num(14, 1))
meta = b"".join(sub(14, sub(1, k) + sub(2, v)) for k, v in (t.split("=", 1) for t in sys.argv[4:]) if k != "external")
with open(sys.argv[1], "wb") as out:
    out.write(num(1, 8) + sub(2, "test") + sub(7, graph) + sub(8, num(2, 12)) + meta)
