"""Compressed and contained inputs that are damaged: containers.py KIND.

hfdump reads KIND whole, cut, with a bit flipped, with something behind it and
twice.  It must say what is wrong (status 3) or give all points: a line for
each case where it does not, and status 1.
"""
import io
import random
import subprocess
import sys
import tarfile
import zipfile

chance = random.Random(1)


def points(series, n):
    return "".join("%d// s%d{} %d\n" % (1000 * i, series, chance.randrange(10**6))
                   for i in range(n)).encode()


ONE, TWO, THREE = points(1, 200), points(2, 200), points(3, 9)
MEMBERS = [("d/", b""), ("d/one", ONE), ("none", b""), ("two", TWO)]


def packed(*command):
    return lambda data: subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


class Pipe(io.RawIOBase):
    """What cannot be sought in: a zip has its sizes behind the members."""

    def __init__(self, to):
        self.to = to

    def writable(self):
        return True

    def write(self, data):
        return self.to.write(data)


def zipped(how, pipe=False):
    def make(members):
        out = io.BytesIO()
        with zipfile.ZipFile(Pipe(out) if pipe else out, "w", how) as z:
            for name, data in members:
                z.writestr(name, data)
        return out.getvalue()
    return make


def tarred(form):
    def make(members):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=form) as t:
            for name, data in members:
                info = tarfile.TarInfo(name)
                info.size = len(data)
                info.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
                t.addfile(info, io.BytesIO(data))
        return out.getvalue()
    return make


FILTERS = {
    "gzip": packed("gzip", "-c"), "bzip2": packed("bzip2", "-c"), "xz": packed("xz", "-c"),
    "zstd": packed("zstd", "-qc"), "lz4": packed("lz4", "-qc"),
    "lz4-blocks": packed("lz4", "-qc", "-BD", "-BX", "-B4", "--content-size"),
    "zstd-bare": packed("zstd", "-qc", "--no-check"),
    "lz4-bare": packed("lz4", "-qc", "--no-frame-crc"),
}
CONTAINERS = {
    "tar": tarred(tarfile.GNU_FORMAT), "pax": tarred(tarfile.PAX_FORMAT),
    "zip": zipped(zipfile.ZIP_DEFLATED), "zip-stored": zipped(zipfile.ZIP_STORED),
    "zip-pipe": zipped(zipfile.ZIP_DEFLATED, True),
}
# without sums, a change of the data is not seen
BARE = ("zstd-bare", "lz4-bare", "tar", "pax")
bad = 0


def lines(*dumps):
    return sorted(b"".join(dumps).splitlines())


def check(case, data, want, status=None):
    """Status 3, or want; only one of them where status says which."""
    global bad
    p = subprocess.run(["hfdump", "-q", "-t", "fulltext"], input=data, capture_output=True)
    good = p.returncode == 3 if p.returncode else sorted(p.stdout.splitlines()) == want
    if not good or status not in (None, p.returncode) or (p.returncode and b"hfdump: <stdin>" not in p.stderr):
        bad = 1
        print(f"{case}: status {p.returncode}, {len(p.stdout.splitlines())} lines of {len(want)}: "
              f"{p.stderr.decode(errors='replace').strip()}")


def check_all(kind, data, want, other, others):
    size = len(data)
    both = sorted(want + others)
    check("whole", data, want, 0)
    check("twice", data + other, both, 0)
    for at in [size * i // 21 for i in range(1, 21)] + [size - k for k in (1, 2, 4, 8, 12, 16, 22, 40)]:
        check(f"cut at {at} of {size}", data[:at], want)
    for _ in range(40 if kind not in BARE else 0):
        at, flipped = chance.randrange(size), bytearray(data)
        flipped[at] ^= 1 << chance.randrange(8)
        check(f"bit flipped at {at} of {size}", bytes(flipped), want)
    for n in (1, 4, 600):
        check(f"{n} bytes behind", data + b"x" * n, want, 3)
        check(f"{n} zeros behind", data + bytes(n), want)
        cut = other[:min(n, len(other) // 2)]
        check(f"second one cut to {len(cut)}", data + cut, both, 3)
    # a tape fills its last block
    check("zeros behind", data + bytes(1024), want, 3 if kind.startswith("zstd") else 0)


def main():
    kind = sys.argv[1]
    if kind in FILTERS:
        pack = FILTERS[kind]
        check_all(kind, pack(ONE), lines(ONE), pack(THREE), lines(THREE))
        check("empty", pack(b""), [], 0)
        if kind == "lz4":
            note, old = b"\x50\x2a\x4d\x18\4\0\0\0note", packed("lz4", "-lqc")(THREE)
            check("frames of all kinds", pack(ONE) + note + old, lines(ONE, THREE), 0)
            for n in range(1, len(note)):
                check(f"a note cut to {n}", pack(ONE) + note[:n], lines(ONE), 3)
            check("a note over all", pack(ONE) + note.replace(b"\4", b"\xff") + old, [], 3)
            check("an old frame cut", pack(ONE) + note + old[:-9], [], 3)
        check("compressed twice", pack(pack(ONE)), lines(ONE), 0)
        tape = CONTAINERS["tar"](MEMBERS)
        check("a tar within", pack(tape), lines(ONE, TWO), 0)
        check("a tar cut before it was compressed", pack(tape[:2048]), lines(ONE, TWO), 3)
        return
    pack = CONTAINERS[kind]
    check_all(kind, pack(MEMBERS), lines(ONE, TWO), pack([("three", THREE)]), lines(THREE))
    check("folder only", pack(MEMBERS[:1]), [], 0)
    for name in FILTERS:
        check(name + " around it", FILTERS[name](pack(MEMBERS)), lines(ONE, TWO), 0)
        check(name + " within", pack([("a", FILTERS[name](ONE)), ("b", TWO)]), lines(ONE, TWO), 0)
        check(name + " within, cut", pack([("a", FILTERS[name](ONE)[:-9]), ("b", TWO)]), lines(ONE, TWO), 3)
    for name in CONTAINERS:
        deep = CONTAINERS[name](MEMBERS)
        check(name + " within", pack([("a", deep), ("b", THREE)]), lines(ONE, TWO, THREE), 0)
        check(name + " twice within", pack([("a", pack([("a", deep)]))]), lines(ONE, TWO), 3)
    if kind.startswith("zip"):
        # the library passes over what it takes for no member
        for mark in (b"d/one", b"two"):
            data = bytearray(pack(MEMBERS))
            data[data.index(mark) - 30] ^= 1
            check(f"{mark} is not recognised", bytes(data), [], 3)


main()
sys.exit(bad)
