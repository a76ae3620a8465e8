#!/usr/bin/env python3
"""usage: peers.py TEXT FULLTSV

One set through peers from PyPI, in the columns of bench.sh: millions of
lines a second of DuckDB's CSV reader on the text (one thread, median of 5),
bytes per point of pyarrow's Parquet (best of its encodings, zstd 19) and of
pcodec (level 12; numbers only).  What is not there is a -, and why on
standard error.
"""
import csv
import io
import sys
import time


def absent(name, why):
    print(f"SKIPPED: {name}: {why}", file=sys.stderr)
    return "-"


def duckdb_rate(text):
    try:
        import duckdb
    except ImportError as e:
        return absent("duckdb", e)
    con = duckdb.connect(config={"threads": 1})
    query = ("SELECT count(*), max(a), max(b), max(c) FROM read_csv(?, "
             "delim='/', header=false, quote='', escape='', "
             "auto_detect=false, strict_mode=false, null_padding=true, "
             "columns={'a': 'VARCHAR', 'b': 'VARCHAR', 'c': 'VARCHAR'})")
    times = []
    for _ in range(5):
        begun = time.monotonic()
        try:
            lines = con.execute(query, [text]).fetchone()[0]
        except duckdb.Error as e:
            return absent("duckdb", str(e).splitlines()[0])
        times.append(time.monotonic() - begun)
    return f"{lines / sorted(times)[2] / 1e6:.2f}"


def columns(tsv):
    """Series names, ticks, places and values of all points."""
    names, ticks, lats, lons, elevs, values = [], [], [], [], [], []
    with open(tsv, newline="") as f:
        for row in csv.reader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
            names.append(row[0] + "{" + row[1] + "}")
            ticks.append(int(row[3]))
            lats.append(float(row[4]) if row[4] else None)
            lons.append(float(row[5]) if row[5] else None)
            elevs.append(int(row[6]) if row[6] else None)
            values.append(row[7])
    try:
        values = [float(v) for v in values]
    except ValueError:
        pass
    return {"series": names, "tick": ticks, "lat": lats, "lon": lons,
            "elev": elevs, "value": values}


def parquet_size(data):
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as e:
        return absent("pyarrow", e)
    kept = {k: v for k, v in data.items() if any(x is not None for x in v)}
    table = pa.table(kept)
    floats = [k for k in kept if pa.types.is_floating(table[k].type)]
    sizes = []
    for encoding in ("BYTE_STREAM_SPLIT", "PLAIN", None):
        out = io.BytesIO()
        chosen = {"tick": "DELTA_BINARY_PACKED"}
        chosen.update({k: encoding for k in floats if encoding})
        dictionary = [k for k in kept if k not in chosen]
        pq.write_table(table, out, compression="zstd", compression_level=19,
                       use_dictionary=dictionary, column_encoding=chosen)
        sizes.append(out.tell())
    return min(sizes)


def pcodec_size(data):
    try:
        import numpy
        from pcodec import ChunkConfig, standalone
    except ImportError as e:
        return absent("pcodec", e)
    if isinstance(data["value"][0], str):
        return absent("pcodec", "the set has values that are no numbers")
    size = 0
    for k in ("tick", "lat", "lon", "elev", "value"):
        column = [x for x in data[k] if x is not None]
        if column:
            size += len(standalone.simple_compress(
                numpy.array(column), ChunkConfig(compression_level=12)))
    return size


def main():
    rate = duckdb_rate(sys.argv[1])
    data = columns(sys.argv[2])
    points = len(data["tick"])
    sizes = [parquet_size(data), pcodec_size(data)]
    print(rate, *[s if s == "-" else f"{s / points:.3f}" for s in sizes])


main()
