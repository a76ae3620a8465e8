#!/usr/bin/env python3
"""hfile.py FILE: prints the points of an HFile, read from front to back.

Written from hfile(5) alone, to show that it says all there is to know; slow, and checks little.  A line a point:
key and attributes of the series in hex (- for none), tick, location, elevation (- where absent), and the value:
L:n, D:bits, M:unscaled:scale, B:T, S:hex, X:hex.
"""
import itertools, math, struct, sys  # noqa: E401
import zstandard

M32, M64 = (1 << 32) - 1, (1 << 64) - 1
NO_LOCATION, NO_ELEVATION = 0x0145014501450145, -1 << 63
HEAD, TIME, NUMBER, PLANE, PLACE, INDEX, LENGTH, TEXT, STREAM = range(9)
TRANSITIONS = [float(t) for t in """10.47047130 14.82817437 18.18626357 21.02939493 23.54504487 25.82924707
27.93898710 29.91135686 31.77209708 33.53993436 35.22899598 36.85025108 38.41241892 39.92256684 41.38651832
42.80914012 44.19454951 45.54626723 46.86733252 48.16039128 49.42776439 50.67150166 51.89342469 53.09516153
54.27817472 55.44378444 56.59318756 57.72747354 58.84763776 59.95459277 61.04917774 62.13216659 63.20427479
64.26616523 65.31845310 66.36171008 67.39646774 68.42322022 69.44242631 70.45451075 71.45986473 72.45884545
73.45177442 74.43893416 75.42056257 76.39684391 77.36789461 78.33374083 79.29428225 80.24923213 81.19801349
82.13956981 83.07199445 83.99173563 84.89166191 85.75541621 86.53536998 87.00000000""".split()]
CURVE = (32, 36, 60, 98, 162, 267, 439, 720, 1179, 1921, 3108, 4971, 7812, 11955, 17625, 24743,
         32768, 40793, 47911, 53581, 57724, 60565, 62428, 63615, 64357, 64816, 65097, 65269, 65374,
         65438, 65476, 65500, 65504, 65504)
SQUASH = [(CURVE[y // 128] * (128 - y % 128) + CURVE[y // 128 + 1] * (y % 128)) // 128 for y in range(4096)]
STRETCH = [-2047]
for _p in range(1, 4096):
    STRETCH.append(next((x for x in range(STRETCH[-1], 2047) if SQUASH[x + 2048] >= 16 * _p), 2047))
def signed(v): return (v & M64 ^ 1 << 63) - (1 << 63)
def unzigzag(z): return signed(z >> 1 ^ -(z & 1))
class Bytes:
    def __init__(self, data):
        self.data, self.at = data, 0
    def take(self, n):
        if n > len(self.data) - self.at:
            raise ValueError("cut short")
        self.at += n
        return self.data[self.at - n:self.at]
    def number(self, n):
        return int.from_bytes(self.take(n), "little")
    def varint(self):
        v, shift, more = 0, 0, 128
        while more > 127:
            more = self.number(1)
            v, shift = v | (more & 127) << shift, shift + 7
        return v & M64
    def zigzag(self): return unzigzag(self.varint())
    def positions(self, also=0):
        """Positions given by distances, each followed by so many varints."""
        at, got = 0, {}
        for _ in range(self.varint()):
            at += self.varint()
            got[at] = [self.varint() for _ in range(also)]
        return got
class Bits:
    def __init__(self, data): self.v = int.from_bytes(data, "little")
    def take(self, n):
        v = self.v & ((1 << n) - 1)
        self.v >>= n
        return v
unzstd = zstandard.ZstdDecompressor().decompress
class Packed:
    def __init__(self, data):
        self.b = Bytes(data)
    def stream(self, n):
        return [v for at in range(0, n, 1024) for v in self.block(min(1024, n - at))]
    def block(self, n):
        bits, patches = self.b.number(1), self.b.varint()
        if n == 1024:
            words = [self.b.take(8) for _ in range(16 * bits)]
            columns = [Bits(b"".join(words[c::16])) for c in range(16)]
        else:
            columns = [Bits(self.b.take((n * bits + 7) // 8))]
        v = [columns[i % len(columns)].take(bits) for i in range(n)]
        for p in [self.b.number(2) for _ in range(patches)]:
            v[p] |= self.b.varint() << bits & M64
        return v
class Rans:
    def __init__(self, data, tables, groups):
        self.b, self.tables, self.groups = Bytes(data), tables, groups
        self.section()
    def section(self): self.x = [self.b.number(4) for _ in range(8)]
    def one(self, before, state, kind, numbers):
        table = self.tables[numbers[min(before.bit_length(), 15) if len(numbers) > 1 else 0]]
        k, f, c = table[self.x[state] % 2048]
        x = f * (self.x[state] // 2048) + self.x[state] % 2048 - c
        self.x[state] = x << 16 | self.b.number(2) if x < 1 << 16 else x
        direct, sub = (7, 1) if kind else (4, 2)
        above = k - (1 << direct)
        left = direct + (above >> sub) - sub
        return (k, 0) if above < 0 else ((1 << sub | above & ((1 << sub) - 1)) << left, left)
    def run(self, n, group):
        q, out = n // 8 if n >= 512 else 0, [None] * n
        order = [(j * q + t, j) for t in range(q) for j in range(8)]
        for i, j in order + [(i, 0 if q else i % 8) for i in range(8 * q, n)]:
            first = i == 0 or (i < 8 * q and i % q == 0)
            out[i] = self.one(0 if first else out[i - 1][0], j, *self.groups[group])
        return out
def mixed(a, b):
    h = (a * 0x9E3779B1 + b * 0x85EBCA6B) & M32
    h = (h ^ h >> 15) * 0x2545F491 & M32
    return h ^ h >> 13
def clamp(x, most): return max(-most, min(most, x))
def small(x, n): return x if x < n else n + x.bit_length()
class Range:
    def __init__(self, data, trees):
        self.b, self.trees = Bytes(data + bytes(4)), trees
        self.low, self.high, self.code = 0, M32, int.from_bytes(self.b.take(4), "big")
        self.slots, self.weights = [{} for _ in range(5)], {}
    def decision(self, bases, node, tree, longest):
        cells = [s.setdefault(b + node, [2048, 0]) for s, b in zip(self.slots, bases)]
        w = self.weights.setdefault((tree, longest, node), [15291] * 5 if tree < 3 else [30582] * 2)
        st = [STRETCH[c[0]] for c in cells]
        p = SQUASH[clamp(sum(a * b for a, b in zip(w, st)) >> 16, 2047) + 2048]
        mid = self.low + ((self.high - self.low) * p >> 16)
        d = int(self.code <= mid)
        self.low, self.high = (self.low, mid) if d else (mid + 1, self.high)
        while (self.low ^ self.high) >> 24 == 0:
            self.low, self.high = self.low << 8 & M32, self.high << 8 & M32 | 255
            self.code = self.code << 8 & M32 | self.b.number(1)
        for k, c in enumerate(cells):
            w[k] = clamp(w[k] + (st[k] * ((d * 65536 - p) >> 2) + 4096 >> 13), 1 << 22)
            f = 131072 // (2 * c[1] + 3)
            c[0] += (4095 - c[0]) * f + 65535 >> 16 if d else -(c[0] * f + 65535 >> 16)
            c[1] = min(15, c[1] + 1)
        return d
    def some(self, contexts, tree, s, bits, longest):
        bases, node = [mixed(c, 64 * tree + s & M32) >> 21 << 3 for c in contexts], 1
        for _ in range(bits):
            node = 2 * node + self.decision(bases, node, tree, longest)
        return node - (1 << bits)
    def run(self, n, g):
        out, u, t, a = [], 0, 0, 0
        for _ in range(n):
            lu, lt, ut = u.bit_length(), t.bit_length(), mixed(small(u, 65536), small(t, 65536))
            contexts = [mixed(*c) for c in ((g, 1), (g, 2 + 16 * small(u, 4096)), (ut, 3 + 64 * g),
                                            (g, 4 + 4096 * lu + 64 * lt), (a // 16, 5 + 64 * max(lu, lt)))]
            out.append(self.integer(contexts, min(max(lu, lt), 15), *self.trees[g]))
            t, u = u, out[-1][0]
            a += (256 * u.bit_length() - a) // 4
        return out
    def integer(self, contexts, longest, node, nodes):
        while node > 0:
            node = nodes[node][self.decision([mixed(c, 0) >> 23 << 5 for c in contexts], node, 0, longest)]
        length = -node
        if length == 31:
            high = self.some(contexts, 1, 0, 3, longest)
            length += high << 3 | self.some(contexts, 2, high, 3, longest)
        bits = length - 1 if length <= 4 else 1
        v = 1 << bits | self.some(contexts[:2], 3, 4096 + length, bits, longest) if length > 1 else length
        return v << max(length - 1 - bits, 0), max(length - 1 - bits, 0)
def tree(data):
    nodes, leaves = [()], sorted((d, k) for k in range(32) if (d := data[k // 2] >> 4 * (k % 2) & 15) < 15)
    def at(depth):
        if leaves[0][0] == depth:
            return -leaves.pop(0)[1]
        nodes.append(k := len(nodes))
        nodes[k] = at(depth + 1), at(depth + 1)
        return k
    return leaves and at(0), nodes
class Coded:
    def __init__(self, data):
        b = Bytes(data)
        method, streams, _, copies, groups = b.number(1), *[b.varint() for _ in range(4)]
        self.history, self.section, self.distance = [], 0, 0
        raw, text = b.varint(), b.take(b.varint())
        s = Bytes(text if raw == len(text) else unzstd(text, raw))
        if method == 1:
            tables = [self.table(s) for _ in range(s.varint() + 1)]
            kinds = [(f & 1, [s.varint() for _ in range(16 if f & 2 else 1)])
                     for f in (s.number(1) for _ in range(groups + 1))]
            [b.varint() for _ in range(2 * b.varint())]  # sections, to seek
        else:
            trees = [tree(s.take(16)) for _ in range(groups + 1)]
        codes = b.take(b.varint())
        self.coder = Rans(codes, tables, kinds) if method == 1 else Range(codes, trees)
        self.bits = Bits(data[b.at:])
        self.of = self.take(streams, 0)
        self.copies = self.take(sum(k & 1 for k in self.of), 1)
        self.literals, self.lengths, self.distances = (self.take(copies, g) for g in (2, 3, 4))
    @staticmethod
    def table(b):
        n, slots, s = b.number(1) + 1, [], 0
        while s < n:
            f, c = b.varint(), len(slots)
            slots += [(s, f, c)] * f
            s += 1 if f else 1 + b.number(1)
        return slots
    def take(self, n, group):
        return [v + self.bits.take(left) for v, left in self.coder.run(n, group)]
    def stream(self, n):
        h, kind, plan, start = self.history, self.of.pop(0), [], len(self.history)
        if start - self.section >= 1 << 17 and self.coder.__class__ is Rans:
            self.section = self.coder.section() or start
        for _ in range(self.copies.pop(0) if kind & 1 else 0):
            self.distance = self.distances.pop(0) or self.distance
            plan.append((self.literals.pop(0), self.lengths.pop(0) + 3, self.distance))
        rest = iter(self.take(n - sum(p[1] for p in plan), 5 + (kind >> 1)))
        for literals, length, distance in plan:
            h += [next(rest) for _ in range(literals)]
            [h.append(h[-distance]) for _ in range(length)]
        return (h.extend(rest), h[start:])[1]
class Page:
    def __init__(self, payload):
        b, self.lanes, self.mains = Bytes(payload), [], []
        for raw, stored in [(b.number(4), b.number(4)) for _ in range(9)]:
            part = b.take(stored)
            self.lanes.append(Bytes(part if raw == stored else unzstd(part, raw)))
        stream, self.head = self.lanes[STREAM].data, self.lanes[HEAD]
        self.streams = stream and (Coded(stream) if stream[0] else Packed(stream[1:]))
        c, t, *vectors, lists = [self.head.varint() for _ in range(6)]
        self.chunks = list(zip(*[self.vz(INDEX, c) for _ in range(5)]))
        self.texts = [self.lanes[TEXT].take(n) for n in (self.vz(LENGTH, t) if t else [])]
        self.vectors = [], [], []
        for nature, read in enumerate((self.ticks, self.locations, self.elevations)):
            lengths = {}
            for k in self.chunks:
                lengths.setdefault(k[2 + nature] - (nature > 0), k[1])
            [self.vectors[nature].append(read(lengths[v])) for v in range(vectors[nature])]
        self.lists = [self.vz(NUMBER, self.head.varint()) for _ in range(lists)]
    def ticks(self, n):
        back = self.head.varint()
        at, t = itertools.accumulate(self.vz(INDEX, n) if back else []), self.vz(TIME, n)
        return [signed(v + self.vectors[0][-back][j]) for v, j in zip(t, at)] if back else t
    def vz(self, lane, n):
        flags = self.head.number(1)
        if flags == 10:
            return list(struct.unpack("<%dq" % n, self.lanes[PLANE].take(8 * n)))
        order, words = flags >> 4 & 3, []
        g = self.head.varint() if flags & 128 else 1
        if flags & 64:
            d, words = self.head.varint(), [self.head.zigzag()]
            [words.append(words[-1] + (self.head.varint if order else self.head.zigzag)()) for _ in range(d - 1)]
        v, step = [self.head.zigzag()], self.head.zigzag() if order > 1 else 0
        r = self.residuals(flags & 15, INDEX if words else lane, n - (0, 1, 2, 1)[order])
        v += [v[0] + step] if order == 2 else []
        for z in r:
            step += unzigzag(z) * g if order == 2 else 0
            v.append((v[-1] if order else v[0]) + (z * g, unzigzag(z) * g, step, step + z * g)[order])
        v = [signed(x) for x in v[order == 0:]]
        return [words[i] for i in v] if words else v
    def residuals(self, how, lane, n):
        if how in (9, 11):
            return self.streams.stream(n) if how == 11 else [self.lanes[lane].varint() for _ in range(n)]
        planes = [self.lanes[PLANE if how > 1 else lane].take(n) for _ in range(how)]
        return [sum(p[i] << 8 * k for k, p in enumerate(planes)) for i in range(n)]
    def presence(self, n):
        runs = [self.lanes[INDEX].varint() for _ in range(self.head.varint())] if self.head.number(1) else [n]
        return [k % 2 == 0 for k, run in enumerate(runs) for _ in range(run)]
    def elevations(self, n):
        present = self.presence(n)
        v = iter(self.vz(PLACE, sum(present)) if any(present) else [])
        return [next(v) if p else NO_ELEVATION for p in present]
    def locations(self, n):
        present = self.presence(n)
        k = sum(present)
        both = () if not k else self.reports(k) if self.head.number(1) else (self.axis(k, 180.0), self.axis(k, 360.0))
        v = (signed(spread(a) << 1 | spread(o)) for a, o in zip(*both))
        return [next(v) if p else NO_LOCATION for p in present]
    def axis(self, n, turn):
        e = self.head.number(1)
        d, e = self.head.varint() if e & 16 else 0, e & 15
        found, c = self.head.positions(1) if e else {}, self.vz(PLACE, n)
        c = [round(float(k) * (360 * 10.0 ** e) / float(d)) for k in c] if d else c
        c = [cell(float(m) / 10.0 ** e, turn) for m in c] if e else c
        return [found[i][0] if i in found else v for i, v in enumerate(c)]
    def reports(self, n):
        w, found, both = self.head.number(1), self.head.positions(2), ([], [])
        odd, *left = self.vz(INDEX, n), self.vz(PLACE, n), self.vz(PLACE, n)
        for i, axis in ((i, axis) for i in range(n) for axis in (0, 1)):
            c, turn, zones = both[axis], (180.0, 360.0)[axis], 60 - (odd[i] != 0)
            p = c[-1] if c else 1 << 31
            p += int((c[i - 1] - c[i - 1 - w]) / w) if 0 < w < i else 0
            if axis:
                lat = abs(middle(both[0][i], 180.0))
                zones = max(zones - 1 - sum(t <= lat for t in TRANSITIONS), 1)
            steps = float(zones << 17)
            k = float(round(middle(p, turn) * steps / 360)) + unzigzag(left[axis][i] & M64)
            c.append(found[i][axis] if i in found else cell(round(k * 3.6e12 / steps) / 1e10, turn))
        return both
    def kinds(self, n, rule=None):
        first = self.head.number(1)
        if first == 32:
            runs = self.head.varint()
            return [k for k, run in zip(self.vz(INDEX, runs), self.vz(INDEX, runs)) for _ in range(run)]
        return None if first == rule else [first] * n
    def numbers(self, n):
        """What turns the main stream, which follows, into values; or the values."""
        method = self.head.number(1)
        form = self.head.number(1) if method == 3 else None
        if method in (0, 3):
            return lambda main: [("D", double(form, v)) if method else ("L", v) for v in main]
        if method == 2:
            kinds, parts = self.kinds(n), {}
            for kind in sorted(set(kinds)):
                k, form = kinds.count(kind), self.head.number(1) if kind == 2 else 0
                v = self.vz(NUMBER, k)
                parts[kind] = iter([("L", x) for x in v] if kind == 1 else
                                   [("D", double(form, x)) for x in v] if kind == 2 else
                                   [("M", x) for x in zip(v, self.vz(INDEX, k))])
            return [next(parts[k]) for k in kinds]
        e, found = self.head.number(1), self.head.positions()
        distances, e = self.vz(INDEX, n) if e & 32 else [0] * n, e & 31
        kinds = self.kinds(n, 16)
        against = self.head.positions() if kinds is None else {}
        found = {at: (self.lanes[PLANE].number(8), self.head.zigzag()) for at in found}
        def finish(main):
            for i, m in enumerate(main):
                kind = kinds[i] if kinds else rule(m, e, i in found or distances[i])
                kind = 8 - kind if i in against else kind  # 2 and 6
                if i in found:
                    bits, scale = found[i]
                    m = signed(bits), scale
                elif kind == 2:
                    bits = struct.unpack("<Q", struct.pack("<d", float(m) / 10.0 ** e))[0] + distances[i] & M64
                else:
                    m = stripped(m, e) if kind == 6 else (m // 10 ** e,)
                yield ("D", bits) if kind == 2 else ("M", m) if kind == 6 else ("L", m[0])
        return finish
    def values(self, n, ticks):
        classes = self.kinds(n)
        numbers, flags = classes.count(1), classes.count(3)
        k, main, parts = n - numbers - flags, [], {}
        finish = self.numbers(numbers) if numbers else []
        if flags:
            now, runs = self.head.number(1), self.head.varint()
            parts[3] = iter([("B", "FT"[b % 2]) for b, run in enumerate(self.vz(INDEX, runs), now) for _ in range(run)])
        if k:
            t = self.head.varint()
            own, index = self.vz(INDEX, t), self.vz(INDEX, k) if t > 1 else [0] * k
            parts[4] = parts[5] = iter([self.texts[own[i]].hex() for i in index])
        if callable(finish):
            main = self.main(numbers, ticks)
        self.mains.append((ticks, main))
        parts[1] = iter(finish(main) if callable(finish) else finish)
        return [("SX"[k - 4], next(parts[k])) if k > 3 else next(parts[k]) for k in classes]
    def main(self, n, own):
        how = self.head.number(1)
        if how == 64:
            words = self.lists[self.head.varint()]
        if how in (0, 64):
            return [words[i] if how else i for i in self.vz(INDEX if how else NUMBER, n)]
        back, factor, j, out = self.head.varint(), self.head.zigzag(), 0, []
        ticks, a = self.mains[-back]
        for i, v in enumerate(self.vz(NUMBER, n)):
            while j < len(a) and ticks[j] <= own[i]:
                j += 1
            out.append(signed(v + (signed((a[j - 1] - a[0] if j else 0) * factor) >> how - 1)))
        return out
    def points(self):
        for series, n, tick, place, height in self.chunks:
            ticks = self.vectors[0][tick]
            places = self.vectors[1][place - 1] if place else [NO_LOCATION] * n
            heights = self.vectors[2][height - 1] if height else [NO_ELEVATION] * n
            for p in zip(ticks, places, heights, self.values(n, ticks)):
                yield series, p
def spread(c): return int(bin(c)[2:], 4)
def cell(degrees, turn): return math.floor((degrees + turn / 2) / (turn / 4294967296.0))
def middle(c, turn): return (c + 0.5) * (turn / 4294967296.0) - turn / 2
def double(form, v):
    """The bits of a double whose bits, or those of a float, are in the order of numbers."""
    width = 32 if form else 64
    v &= (1 << width) - 1
    v = v ^ (1 << width - 1) - 1 if v >> width - 1 else v
    return struct.unpack("<Q", struct.pack("<d", *struct.unpack("<f", struct.pack("<I", v))))[0] if form else v
def stripped(m, e):
    while m and m % 10 == 0:
        m, e = m // 10, e - 1
    return (m, e) if m else (0, 0)
def rule(m, e, not_exact):
    m, e = stripped(m, e)
    digits = len(str(abs(m)))
    text = digits - e + 2 if e <= 0 else max(digits, e + 1) + 1
    return 2 if not_exact or text + (m < 0) > 15 else 6
def definitions(raw):
    b, key, attributes = Bytes(raw), b"", b""
    first, n = b.varint(), b.varint()
    for i in range(first, first + n):
        flags = b.number(1)
        key = key[:b.varint()] + b.take(b.varint())
        if flags & 1:
            attributes = attributes[:b.varint()] + b.take(b.varint())
        [b.zigzag() for _ in range(3 if flags & 2 else 0)]  # of buckets
        yield i, (key.hex(), attributes.hex() if flags & 1 and attributes else "-")
def main(path):
    with open(path, "rb") as f:
        if not f.read(64).startswith(b"gtstools HFile "):
            raise ValueError("no HFile")
        while (head := f.read(32))[:4] == b"GBLK":
            length, sequence = struct.unpack_from("<IIQ", head, 8)[::2]
            payload = f.read(length + 8)[:-8]
            if sequence == 0:
                series = {}
            if head[4] == 1:
                raw, text = int.from_bytes(payload[1:5], "little"), payload[5:]
                series.update(definitions(unzstd(text, raw) if payload[0] else text))
            for number, (*at, (how, v)) in Page(payload).points() if head[4] == 2 else ():
                at = ["-" if k == none else k for k, none in zip(at, (None, NO_LOCATION, NO_ELEVATION))]
                print(*series[number], *at, how + ":" + {"D": "%016x", "M": "%d:%d"}.get(how, "%s") % v)

main(sys.argv[1])
