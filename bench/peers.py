#!/usr/bin/env python3
"""usage: peers.py TEXT FULLTSV

One set through peers from PyPI, in the columns of bench.sh: millions of
lines a second of DuckDB's CSV reader on the text (one thread, median of 5),
then bytes per point of each of SIZES.  What is not there is a -, and why on
standard error.

A peer gets the points in canonical order as columns: series, tick, place,
number (long or double) and text; it takes the best of its codecs for each.
"""
import csv
import io
import os
import sys
import tempfile
import time


def duckdb_rate(text):
    import duckdb
    con = duckdb.connect(config={"threads": 1})
    query = ("SELECT count(*), max(a), max(b), max(c) FROM read_csv(?, "
             "delim='/', header=false, quote='', escape='', "
             "auto_detect=false, strict_mode=false, null_padding=true, "
             "columns={'a': 'VARCHAR', 'b': 'VARCHAR', 'c': 'VARCHAR'})")
    times = []
    for _ in range(5):
        begun = time.monotonic()
        lines = con.execute(query, [text]).fetchone()[0]
        times.append(time.monotonic() - begun)
    return f"{lines / sorted(times)[2] / 1e6:.2f}"


def typed(text):
    """The column of a value, and it."""
    for name, kind in (("long", int), ("double", float)):
        try:
            value = kind(text)
        except ValueError:
            continue
        if name == "double" or abs(value) < 1 << 63:
            return name, value
    return "text", text


def columns(tsv):
    """The points as a pyarrow table; columns without a value are left out."""
    import pyarrow as pa
    got = {k: [] for k in ("series", "tick", "lat", "lon", "elev", "long",
                           "double", "text")}
    with open(tsv, newline="", encoding="utf-8", errors="replace") as f:
        for row in csv.reader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
            kind, value = typed(row[7])
            got["series"].append(row[0] + "{" + row[1] + "}")
            got["tick"].append(int(row[3]))
            got["lat"].append(float(row[4]) if row[4] else None)
            got["lon"].append(float(row[5]) if row[5] else None)
            got["elev"].append(int(row[6]) if row[6] else None)
            for name in ("long", "double", "text"):
                got[name].append(value if name == kind else None)
    return pa.table({k: v for k, v in got.items()
                     if any(x is not None for x in v)})


def parquet_size(table):
    """The sum over the columns, each with the best of its encodings."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    total = 0
    for name in table.column_names:
        column = table.select([name])
        sizes = []
        for encoding in ("PLAIN", "BYTE_STREAM_SPLIT", "DELTA_BINARY_PACKED",
                         "DELTA_BYTE_ARRAY", None):
            out = io.BytesIO()
            try:
                pq.write_table(column, out, compression="zstd",
                               compression_level=19,
                               use_dictionary=encoding is None,
                               column_encoding=encoding)
            except (OSError, pa.ArrowException):
                continue  # not for columns of this type
            sizes.append(out.tell())
        total += min(sizes)
    return total


def pcodec_size(table):
    """Numbers only, series by series, without names or an index."""
    from pcodec import ChunkConfig, standalone
    if "text" in table.column_names:
        raise ValueError("the set has values that are no numbers")
    names = table["series"].combine_chunks().dictionary_encode()
    ends = names.indices.to_numpy()
    cuts = [0, *((ends[1:] != ends[:-1]).nonzero()[0] + 1), len(ends)]
    size = 0
    for name in table.column_names[1:]:
        for begin, end in zip(cuts, cuts[1:]):
            part = table[name].slice(begin, end - begin).drop_null()
            if len(part):
                size += len(standalone.simple_compress(
                    part.to_numpy(), ChunkConfig(compression_level=12)))
    return size


def clickhouse_size(table):
    """A MergeTree, sorted; per column the best of its codecs, no marks."""
    from chdb import session
    codecs = {"String": ["ZSTD(19)"],
              "Int64": ["Delta, ZSTD(19)", "DoubleDelta, ZSTD(19)",
                        "T64, ZSTD(19)", "ZSTD(19)"],
              "Float64": ["Gorilla, ZSTD(19)", "FPC, ZSTD(19)",
                          "Delta, ZSTD(19)", "ZSTD(19)"]}
    import pyarrow.parquet as pq
    kinds = {"string": "String", "int64": "Int64", "double": "Float64"}
    best = {}
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "t.parquet")
        pq.write_table(table, path)
        s = session.Session(os.path.join(folder, "db"))
        s.query("CREATE DATABASE b; USE b")
        for turn in range(4):
            fields = []
            for f in table.schema:
                kind = kinds[str(f.type)]
                codec = codecs[kind][min(turn, len(codecs[kind]) - 1)]
                if f.name == "series":
                    kind = "LowCardinality(String)"
                elif table[f.name].null_count:
                    kind = f"Nullable({kind})"
                fields.append(f"{f.name} {kind} CODEC({codec})")
            s.query(f"CREATE TABLE b.t{turn} ({', '.join(fields)}) "
                    "ENGINE = MergeTree ORDER BY (series, tick) "
                    "SETTINGS min_bytes_for_wide_part = 0, "
                    "min_compress_block_size = 16777216, "
                    "max_compress_block_size = 16777216")
            s.query(f"INSERT INTO b.t{turn} SELECT * FROM file('{path}')")
            s.query(f"OPTIMIZE TABLE b.t{turn} FINAL")
            got = str(s.query(
                "SELECT column, sum(column_data_compressed_bytes) FROM "
                "system.parts_columns WHERE active AND database = 'b' AND "
                f"table = 't{turn}' GROUP BY column", "CSV"))
            for name, size in csv.reader(got.splitlines()):
                best[name] = min(best.get(name, 1 << 62), int(size))
        s.close()
    return sum(best.values())


def duckdb_size(table):
    """The file of a database, checkpointed."""
    import duckdb
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "t.db")
        con = duckdb.connect(path)
        con.execute("SET memory_limit='4GB'")
        con.register("points", table)
        con.execute("CREATE TABLE t AS SELECT * FROM points")
        con.execute("CHECKPOINT")
        con.close()
        return os.path.getsize(path)


def tsfile_size(table):
    """A table with the series as tag, zstd, the best of its encodings that
    keep every double (TS_2DIFF, SPRINTZ and CAMEL do not)."""
    import tsfile as ts
    kinds = {"string": ts.TSDataType.STRING, "int64": ts.TSDataType.INT64,
             "double": ts.TSDataType.DOUBLE}
    fields = [ts.ColumnSchema("series", ts.TSDataType.STRING,
                              ts.ColumnCategory.TAG)]
    fields += [ts.ColumnSchema(f.name, kinds[str(f.type)])
               for f in table.schema if f.name not in ("series", "tick")]
    table = table.rename_columns(["time" if name == "tick" else name
                                  for name in table.column_names])
    sizes = []
    with tempfile.TemporaryDirectory() as folder:
        for encoding in (ts.TSEncoding.GORILLA, ts.TSEncoding.CHIMP,
                         ts.TSEncoding.PLAIN):
            ts.set_tsfile_config({
                "double_encoding_type_": encoding,
                "int64_encoding_type_": ts.TSEncoding.TS_2DIFF,
                "time_encoding_type_": ts.TSEncoding.TS_2DIFF,
                "default_compression_type_": ts.Compressor.ZSTD})
            path = os.path.join(folder, encoding.name)
            writer = ts.TsFileTableWriter(
                path, ts.TableSchema("points", list(fields)))
            writer.write_arrow_batch(table)
            writer.close()
            sizes.append(os.path.getsize(path))
    return min(sizes)


SIZES = (parquet_size, pcodec_size, clickhouse_size, duckdb_size, tsfile_size)


def attempt(peer, *what):
    """What the peer gives, or None; a peer may fail in ways of its own."""
    try:
        return peer(*what)
    except Exception as e:  # pylint: disable=broad-except
        why = (str(e).strip() or repr(e)).splitlines()[0]
        print(f"SKIPPED: {peer.__name__}: {why}", file=sys.stderr)
        return None


def main():
    text, tsv = sys.argv[1:]
    rate = attempt(duckdb_rate, text)
    table = attempt(columns, tsv)
    sizes = [attempt(peer, table) if table else None for peer in SIZES]
    print(rate or "-", *[f"{s / len(table):.3f}" if s else "-"
                         for s in sizes])


main()
