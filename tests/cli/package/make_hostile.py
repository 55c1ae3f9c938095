# make_hostile.py: archives that nobody should unpack, in the current folder.
import gzip
import io
import struct
import tarfile
import zipfile


def many_tar(name, count):
    """Empty files, a header each, made without tarfile, which would take a minute."""
    head = bytearray(512)
    head[100:108], head[108:124] = b"0000644\0", b"0000000\0" * 2
    head[124:148], head[148:156] = b"00000000000\0" * 2, b" " * 8
    head[156:157], head[257:265] = b"0", b"ustar\x0000"
    base = sum(head)
    with gzip.open(name, "wb", 1) as out:
        for i in range(count):
            head[:7] = b"%07d" % i
            head[148:156] = b"%06o\0 " % (base + sum(head[:7]))
            out.write(head)
        out.write(bytes(1024))


def many_zip(name, count, stated):
    """The end record states another count than there are entries."""
    files = b"".join(struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 0, 0, 33, 0, 0, 0, 7, 0) + b"%07d" % i for i in range(count))
    entries = b"".join(
        struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, 0, 0, 33, 0, 0, 0, 7, 0, 0, 0, 0, 0, 37 * i) + b"%07d" % i for i in range(count)
    )
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, stated, stated, len(entries), len(files), 0)
    with open(name, "wb") as out:
        out.write(files + entries + end)


def tar(name, *members):
    with tarfile.open(name, "w:gz") as out:
        for member, kind, target in members:
            info = tarfile.TarInfo(member)
            info.type, info.linkname = kind, target
            out.addfile(info, io.BytesIO())


many_tar("million.tar.gz", 1_000_000)
many_zip("many.zip", 100_001, 100_001 & 0xFFFF)
many_zip("lies.zip", 100_001, 1)
with gzip.open("zeros.tar.gz", "wb", 9) as out:  # 1000 times smaller than what it unpacks to
    info = tarfile.TarInfo("model.yaml")
    info.size = 300 << 20
    out.write(info.tobuf())
    for _ in range(300):
        out.write(bytes(1 << 20))
    out.write(bytes(1024))
with zipfile.ZipFile("zeros.zip", "w", zipfile.ZIP_DEFLATED) as out, out.open("model.yaml", "w") as file:
    for _ in range(300):
        file.write(bytes(1 << 20))
# The directory says that each of many entries is the same large file: it unpacks as often as it is named.
one = io.BytesIO()
with zipfile.ZipFile(one, "w", zipfile.ZIP_DEFLATED) as out:
    out.writestr("0000", bytes(1 << 20))
data = one.getvalue()
at = data.index(b"PK\1\2")
entry, count = data[at : data.index(b"PK\5\6")], 1000
entries = b"".join(entry[:46] + b"%04d" % i + entry[50:] for i in range(count))
with open("overlap.zip", "wb") as out:
    out.write(data[:at] + entries + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(entries), at, 0))
for name, kind in (("char", tarfile.CHRTYPE), ("block", tarfile.BLKTYPE), ("fifo", tarfile.FIFOTYPE)):
    tar(f"{name}.tar.gz", ("model.yaml", kind, ""))
tar("hard.tar.gz", ("a", tarfile.REGTYPE, ""), ("model.yaml", tarfile.LNKTYPE, "a"))
tar("sym.tar.gz", ("model.yaml", tarfile.SYMTYPE, "../../etc/passwd"))
tar("below.tar.gz", ("out", tarfile.SYMTYPE, "/tmp"), ("out/model.yaml", tarfile.REGTYPE, ""))
tar("twice.tar.gz", ("a", tarfile.REGTYPE, ""), ("./a", tarfile.REGTYPE, ""))
tar("up.tar.gz", ("a/../../model.yaml", tarfile.REGTYPE, ""))
tar("root.tar.gz", ("/model.yaml", tarfile.REGTYPE, ""))
