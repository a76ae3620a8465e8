#!/usr/bin/env python3
"""The same line protocol into a real influxd and through hfdump, as TAP.

usage: influx.py ENDPOINT HFDUMP MANPAGE

Each body is written into a database of its own of the influxd at ENDPOINT
and read by hfdump -f influx.  The points must be the same (measurement, tags,
field, type, value, instant), and a body that one of them refuses a line of,
the other one must refuse a line of, too.  Where the two differ, the case has
the words by which hfdump(1) lists it, and those words must be there.  Random
lines come from a seed that is written here: each run checks the same ones.
"""
import json
import random
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

ENDPOINT, HFDUMP, MANPAGE = sys.argv[1:4]
NOW = 1234567890123456789  # given to hfdump as now
LABEL = "\x01field"  # the label that holds the field: no tag is named so
BEGUN = time.time_ns() // 10**9 * 10**9  # influxd cuts now to the precision
PRECISIONS = {"ns": "n", "us": "u", "ms": "ms", "s": "s"}

CASES = []

# How hfdump and influxd may differ, in the words of the man page.
MORE, LESS, OTHER = "hfdump takes it", "hfdump refuses it", "other points"
LISTED = {
    "unsigned": (MORE, "integers with u"),
    "cr": (MORE, "line ends of CR LF"),
    "time": (MORE, "tags and fields named time"),
    "timed": (OTHER, "tags and fields named time"),
    "kinds": (MORE, "a field whose type changes"),
    "range": (MORE, "instants before 1677 or after 2262"),
    "comment": (OTHER, "a comment ends with its line"),
    "quote": (LESS, "something between the end of a string and the next"),
    "slashes": (LESS, "two backslashes in front of the end of a field name"),
    "utf8": (LESS, "bytes that are not UTF-8"),
    "lost": (OTHER, "a measurement with a backslash in front of an escape"),
}


def case(name, body, precision="ns", listed=None):
    """listed: how the two differ, a word of LISTED, or None."""
    CASES.append((name, body, precision, listed))


def query(q, db=None):
    form = {"q": q, "epoch": "ns"}
    if db:
        form["db"] = db
    data = urllib.parse.urlencode(form).encode()
    with urllib.request.urlopen(ENDPOINT + "/query", data) as f:
        reply = f.read().decode("utf-8", "surrogateescape")
    # numbers stay texts: the type of the field says what they are
    return json.loads(reply, parse_int=str, parse_float=str)["results"][0]


def write(db, body, precision):
    """Status and the message of influxd."""
    url = "%s/write?db=%s&precision=%s" % (ENDPOINT, db, PRECISIONS[precision])
    try:
        with urllib.request.urlopen(url, body) as f:
            return f.status, ""
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode("utf-8", "replace")


def quote(name):
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def normal(kind, v):
    if kind == "float":
        return float(v).hex()
    if kind == "integer":
        return int(v)
    return v


def points_of_influxd(db):
    points = set()
    kinds = {}
    for s in query("SHOW FIELD KEYS", db).get("series", []):
        for field, kind in s["values"]:
            kinds[s["name"], field] = kind
    for s in query("SELECT * FROM /.*/ GROUP BY *", db).get("series", []):
        tags = tuple(sorted((s.get("tags") or {}).items()))
        # a tag that a series lacks is shown as empty
        tags = tuple(t for t in tags if t[1] != "")
        for row in s["values"]:
            tick = int(row[0])
            if BEGUN <= tick <= time.time_ns():
                tick = NOW
            for field, v in zip(s["columns"][1:], row[1:]):
                if v is not None:
                    kind = kinds[s["name"], field]
                    points.add((s["name"], tags, field, kind,
                                normal(kind, v), tick))
    return points


def points_of_hfdump(text):
    points = set()
    for line in text.decode("utf-8", "surrogateescape").splitlines():
        series = json.loads(line, parse_int=lambda s: ("integer", int(s)),
                            parse_float=lambda s: ("float", float(s).hex()))
        labels = dict(series.get("l") or {})
        field = labels.pop(LABEL)
        for point in series["v"]:
            v = point[-1]
            if isinstance(v, bool):
                v = ("boolean", v)
            elif isinstance(v, str):
                v = ("string", v)
            elif isinstance(v, dict):
                v = ("float", float(v["d"]).hex())
            points.add((series["c"], tuple(sorted(labels.items())), field,
                        v[0], v[1], point[0][1]))
    return points


def hfdump(body, precision, form, rejects):
    return subprocess.run(
        [HFDUMP, "-f", "influx", "-t", form, "--time-unit", "ns",
         "--influx-precision", precision, "--now", "@%d" % NOW,
         "--influx-class", "M", "--influx-label", LABEL, "--force",
         "--max-errors", "all", "--rejects", rejects, "-"],
        input=body, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        check=False)


def through_hfdump(body, precision):
    """Points and the reasons of refused lines; None points: it failed."""
    with tempfile.NamedTemporaryFile() as rejects:
        run = hfdump(body, precision, "jsonl", rejects.name)
        if run.returncode:
            return None, ["status %d: %s" % (run.returncode, run.stderr)]
        with open(rejects.name, "rb") as f:
            reasons = re.findall(rb"^\d+\t\d+\t([^\t]*)\t", f.read(), re.M)
    return points_of_hfdump(run.stdout), \
        [r.decode("utf-8", "replace") for r in reasons]


def written(number, body):
    """The points of influxd when it is given what hfdump -t influx wrote."""
    with tempfile.NamedTemporaryFile() as rejects:
        run = hfdump(body, "ns", "influx", rejects.name)
    if run.returncode:
        return None, run.stderr.decode("utf-8", "replace")
    db = "w%d" % number
    query('CREATE DATABASE "%s"' % db)
    status, said = write(db, run.stdout, "ns")
    points = points_of_influxd(db)
    return points, "\nwritten: %s\ninfluxd then: %d %s\npoints then: %s" % (
        run.stdout, status, said, sorted(map(str, points)))


def compare(number, body, precision):
    """The way they differ and a text about it; None, None: they do not."""
    db = "d%d" % number
    query('CREATE DATABASE "%s"' % db)
    status, said = write(db, body, precision)
    theirs = points_of_influxd(db)
    ours, reasons = through_hfdump(body, precision)
    text = "influxd: %d %s\nhfdump refused: %s" % (status, said, reasons)
    if ours is None:
        return "failed", text
    if ours != theirs:
        text += "\nonly in influxd: %s\nonly in hfdump: %s" % (
            sorted(map(str, theirs - ours)), sorted(map(str, ours - theirs)))
    if ours == theirs and (status == 204) == (not reasons):
        if precision == "ns" and ours:
            back, said = written(number, body)
            if back != ours and "line protocol has no" not in said:
                return "written otherwise", text + said
        return None, None
    if status != 204 and not reasons:
        return MORE, text
    if status == 204 and reasons:
        return LESS, text
    return OTHER, text


def fill_cases():
    for v in ("1", "1.", ".5", "1.5", "-1.5", "+1.5", "-0.0", "0.0", "1e3",
              "1E3", "1e+3", "1e-3", "-1.5E-300", "1e308", "1e309", "5e-324",
              "1e-400", "0.1", "123456789012345678901234567890",
              "9007199254740993", "1e", "e1", ".", "-", "+", "--1", "1-1",
              "1.2.3", "00", "01", "-01", "01.5", "0x10", "1_000", "NaN",
              "nan", "Inf", "inf", "-Inf", "+Inf", "infinity", "1f", "1d",
              "1 e3", "1e3.5", "-.5", "+.5", "1.e5", ".e5", "-.", "1ee3"):
        case("float %s" % v, "m f=%s 1" % v)
    for v in ("0i", "-0i", "1i", "-1i", "+1i", "007i", "-007i", "i", "-i",
              "+i", "9223372036854775807i", "9223372036854775808i",
              "-9223372036854775808i", "-9223372036854775809i", "1.0i",
              "1e3i", "1I", "1ii", "1i2", "i1", "00000000000000000000001i"):
        case("integer %s" % v, "m f=%s 1" % v)
    for v in ("0u", "1u", "9223372036854775807u"):
        case("unsigned %s" % v, "m f=%s 1" % v, listed="unsigned")
    for v in ("18446744073709551615u", "-1u", "+1u", "u", "1U", "1.0u"):
        case("unsigned %s" % v, "m f=%s 1" % v)
    for v in ("t", "T", "true", "True", "TRUE", "f", "F", "false", "False",
              "FALSE", "tRUE", "fALSE", "tr", "truee", "yes", "TRue", "fal",
              "FaLSE", "t1", "null", "nil"):
        case("boolean %s" % v, "m f=%s 1" % v)
    for v in ('""', '"a"', '"a b"', '"a,b=c"', r'"a\"b"', r'"a\\"', r'"a\\b"',
              r'"a\b"', r'"a\n"', r'"\\\\"', r'"\\\""', '"é€😀"',
              '"a\tb"', '"a\nb"', '"a\r\nb"', '"#a"', '"\n#a\n"', '" "',
              '"a', 'a"', '"a"b', '"a" "b"', "'a'", '"a"i', '"a""b"', '"',
              r'"\"', r'"a\ b\,c\=d"', '"=x"', '"true"', '"1"', '"a\x00b"',
              '"\x7f\x01"'):
        case("string %r" % v, "m f=%s 1" % v)
    for text in ('"a"x', '"a"b"', '"a" b"'):
        case("quote within a string %r" % text, "m f=%s,g=1 1" % text)
    case("string of 64 KiB less one", 'm f="%s" 1' % ("x" * 65535))
    case("string of 64 KiB", 'm f="%s" 1' % ("x" * 65536))
    for name in ("m", "é", "日本", "m.n", "m-n", r"m\ n", r"m\,n", r"m\=n",
                 "m=n", r"m\n", r"m\\n", '"m"', 'm"n', "m'n", r"m\\", "m\tn",
                 "1", "true", "m{}", "m/n", "%41", "m%", "a+b", "_m", "\\m",
                 r"\#m", r"\ ", "m:n", "m;n", "m|n", "m\x01n", "m\x7fn",
                 r"m\ ", r"\,", "time", "m\x00n"):
        case("measurement %r" % name, "%s f=1 1" % name)
        case("measurement %r with a tag" % name, "%s,a=b f=1 1" % name,
             listed="lost" if name == r"m\\" else None)
    for name in ("a", "é", r"a\ b", r"a\,b", r"a\=b", r"a\b", '"a"', 'a"b',
                 "a.b", "a-b", "1", "%41", "a\tb", "a{b}", r"a\\b", "_a",
                 r"\ ", r"\,", r"\=", "\\a", "A", "\x01", "field", "tag",
                 r'a\"b', r"\\", "a\x00b", r"a\\b"):
        case("tag name %r" % name, "m,%s=v f=1 1" % name)
        case("tag value %r" % name, "m,k=%s f=1 1" % name)
        case("field name %r" % name, "m %s=1 1" % name)
        case("field name %r after another" % name, "m f=2i,%s=1 1" % name)
    for line in ("m,a= f=1 1", "m,=b f=1 1", "m,a f=1 1", "m, f=1 1",
                 "m,, f=1 1", "m,a=b, f=1 1", "m,a=b,c f=1 1",
                 "m,a=b=c f=1 1", "m,a=b,a=c f=1 1", "m,a=b,a=b f=1 1",
                 "m,b=1,a=2 f=1 1", "m,a=b,c=d,e=f f=1 1", ",a=b f=1 1",
                 " ,a=b f=1 1", "m,a==b f=1 1", "m,a===b f=1 1",
                 "m,a=\\=b f=1 1", "m,a==,b=c f=1 1", "m,a=== f=1 1", r"m,a=b\ f=1 1",
                 r"m,a\=b f=1 1", r"m,a=b\,c=d f=1 1", r"m,a=\ f=1 1",
                 r"m,a=b\\ f=1 1", r"m,a\\=b f=1 1", r"m\,a=b f=1 1",
                 "m,a=b,, f=1 1", "m,a=b ,c=d f=1 1", "m ,a=b f=1 1",
                 "m,a=\" f=1 1", "m,a=\"x y\" f=1 1", "m,a=b\tf=1 1",
                 "m,_field=b f=1 1",
                 "m,_measurement=b f=1 1", "m,a=#b f=1 1", "m,#a=b f=1 1",
                 "m,a='b' f=1 1", "m,a=\\ f=1 1", "m,a=b\\\\,c=d f=1 1"):
        case("tags %r" % line, line)
    for line in ("m", "m ", "m 1", "m f", "m f 1", "m f=", "m f= 1", "m =1 1",
                 "m f=1,", "m f=1, 1", "m f=1,,g=2 1", "m ,f=1 1",
                 "m f=1,g 1", "m f=1,g= 1", "m f==1 1", "m f=1=2 1",
                 "m f=1,f=2 1", "m f=1,f=1 1",
                 "m f=1,g=2i,h=\"x\",i=t 1", "m f=1 g=2 1", "m f=1, g=2 1",
                 "m f =1 1", "m f= 1 1", r"m f\=1 1", r"m f=1\,g=2 1",
                 r"m f\ =1 1", r"m f=1\ 1",
                 "m f=1;g=2 1", "m f:1 1", "m f=1\tg=2 1", "m f=1,\tg=2 1",
                 "m f=\"a\",g=\"b\" 1", "m f=\"a,g=\"b\" 1",
                 "m f=\"a=b\",g=1 1", "m \"f\"=1 1", "m \"f g\"=1 1",
                 "m \"f,g\"=1 1", "m f\"=1 1", "m f=\"a\"g=1 1",
                 "m f=t,g=f,h=T,i=F 1", "m f=1,\\=2 1", "m #f=1 1",
                 "m f=1,#g=2 1", "f=1", "f=1 1", "=1 1", "m,f=1 1",
                 r"m f\\=1 1", r"m \f=1 1", 'm f="x"" 1', 'm f=" 1',
                 'm f=1," 1', 'm f=a"b" 1', "m f=(1) 1", "m f='1' 1"):
        case("fields %r" % line, line)
    case("a tag named time", "m,time=b f=1 1", listed="time")
    case("a field named time", "m time=1 1", listed="time")
    case("a field named time after another", "m f=1,time=2 1", listed="timed")
    case("integer, then float, in a line", "m f=1i,f=2 1", listed="kinds")
    case("integer, then float", "m f=1i 1\nm f=2 2\n", listed="kinds")
    case("string, then boolean", 'm f="a" 1\nm f=t 2\n', listed="kinds")
    case("two backslashes, =", r'm g\\=1,f="" 1', listed="slashes")
    case("two backslashes, comma", r"m \\,i=4i 1")
    case("a backslash twice, then an escape", r"m\\,a=b f=1 1", listed="lost")
    for t in ("", " ", "  ", " 0", " -0", " 1", " -1", " +1", " 01", " -01",
              "  1", " 1 ", " 1  ", " 1\t", "\t1", " 1.0", " 1e3", " 1i",
              " 1x", " x", " 1 2", " --1", " -", " 1-1", " 0x1", " 1_0",
              " 9223372036854775806",
              " 9223372036854775808", " -9223372036854775806",
              " -9223372036854775809", " 99999999999999999999",
              " now", " 1#", " # c", " 1 # c", " \"1\"", " 1,", ",1",
              " 1\x00", " 1\\"):
        case("instant %r" % t, "m f=1%s" % t)
        case("instant %r after a string" % t, 'm f="a b"%s' % t)
    for t in ("9223372036854775807", "-9223372036854775807",
              "-9223372036854775808"):
        case("instant %s" % t, "m f=1 %s" % t, listed="range")
    for p in ("us", "ms", "s"):
        for t in ("0", "1", "-1", "1600000000", "9223372036", "9223372037",
                  "9223372036854", "9223372036855", "9223372036854775",
                  "9223372036854776", "-9223372036", "-9223372037",
                  "92233720368547758"):
            case("instant %s in %s" % (t, p), "m f=1 %s" % t, p)
    for name, body in (
            ("empty", ""), ("a line end", "\n"), ("blank lines", "\n \n\t\n"),
            ("NUL lines", "\x00\n\x00 m f=1 1\n"),
            ("no last line end", "m f=1 1"), ("LF", "m f=1 1\nm f=2 2\n"),
            ("blank first", " m f=1 1"), ("tab first", "\tm f=1 1"),
            ("tabs between", "m\tf=1\t1"), ("many blanks", "m    f=1    1   "),
            ("form feed first", "\fm f=1 1"), ("vertical tab", "\vm f=1 1"),
            ("no-break space", "\u00a0m f=1 1"), ("comment", "# m f=1 1"),
            ("comment after blanks", "  # c\nm f=1 1"),
            ("comment with a quote", "# it's \"\nm f=1 1\n"),
            ("comments about", "#a\nm f=1 1\n#b\nm f=2 2\n#c"),
            ("comment alone", "#"), ("byte order mark", "\ufeffm f=1 1"),
            ("string over two lines", 'm f="a\nb" 1\nm f="c" 2\n'),
            ("string with an empty line", 'm f="a\n\nb" 1\nm g=1 2\n'),
            ("string with a comment in it", 'm f="a\n# b\n" 1\nm g=1 2\n'),
            ("string left open", 'm f="a\nm g=1 2\n'),
            ("string left open, later closed", 'm f="a 1\nm g="b" 2\n'),
            ("backslash before a line end", "m f=1\\\nm g=2 2\n"),
            ("backslash in a measurement, line end", "m\\\nn f=1 1\n"),
            ("backslash in a tag, line end", "m,a=b\\\nc f=1 1\n"),
            ("backslash last in the body", "m f=1 1\nm f=2 2\\"),
            ("quote in a tag, next line", 'm,a="b f=1 1\nm,a=c f=2 2\n'),
            ("quote in a measurement, next line", 'm" f=1 1\nm f=2 2\n'),
            ("quote in a field name, next line", 'm "f=1 1\nm f=2 2\n'),
            ("two bad lines of four", "m f=1 1\nm\nm f=2 2\nm f= 3\n"),
            ("same tick twice", "m f=1 1\nm f=2 1\n"),
            ("same tick, other field", "m f=1 1\nm g=2 1\n"),
            ("same tags, other order", "m,a=1,b=2 f=1 1\nm,b=2,a=1 f=2 2\n"),
            ("escaped tag, same series", "m,a=1 f=1 1\nm,a=1 f=2 2\n"),
            ("many measurements", "".join(
                "m%d,t=%d f=%di,g=%d.5 %d\n" % (i % 7, i % 3, i, i, i)
                for i in range(500)))):
        case("body: " + name, body)
    for body in ("# c \\\nm f=1 1\n", "# a b=\"\nm f=1 1\n",
                 " # a b=\"\nm f=1 1\n"):
        case("comment %r" % body, body, listed="comment")
    for name, body in (("CRLF", "m f=1 1\r\nm f=2 2\r\n"),
                       ("CRLF, no instant", "m f=1\r\nm,a=b f=2\r\n"),
                       ("CRLF after a string", 'm f="a" 1\r\n'),
                       ("CRLF of a boolean", "m f=t\r\n"),
                       ("CR last", "m f=1 1\r"),
                       ("CRLF blank line", "m f=1 1\r\n\r\nm f=2 2\r\n"),
                       ("CRLF blank last", "m f=1 1\n\r\n")):
        case("body: " + name, body, listed="cr")
    case("CRLF comment", "# c\r\nm f=1 1\n")
    for name, body in (("Latin-1 string", b'm f="\xe9" 1'),
                       ("Latin-1 tag", b"m,a=\xe9 f=1 1"),
                       ("cut UTF-8", b'm f="\xe2\x82" 1'),
                       ("surrogate", b'm f="\xed\xa0\x80" 1')):
        case("bytes: " + name, body, listed="utf8")
    case("bytes: Latin-1 measurement", b"m\xe9 f=1 1")  # both refuse
    case("line of 4000 fields",
         "m " + ",".join("f%d=%d" % (i, i) for i in range(4000)) + " 1")
    case("line of 150 tags",
         "m," + ",".join("t%03d=%d" % (i, i) for i in range(150)) + " f=1 1")
    case("field name of 60000 bytes", "m %s=1 1" % ("f" * 60000))
    case("measurement of 66000 bytes", "%s f=1 1" % ("m" * 66000))


ALPHABET = ["m", "a", "b", "f", "g", "1", "2", "9", "-", "+", ".", "e", "i",
            "t", "T", "true", "\"", "\"x\"", "\\", ",", ",", "=", "=", " ",
            " ", " ", "\n", "#", "é", "\t", "\\ ", "\\,", "\\=", "\\\"",
            "\\\\", "f=1", "a=b", " 1", ",g=2i"]


def random_body(r):
    """A line that is nearly right: a good one with some edits."""
    parts = ["m"]
    for _ in range(r.randrange(3)):
        parts += [",", r.choice(["a", "b\\ c", "é", "k\\=", "a\"b"]), "=",
                  r.choice(["v", "x\\,y", "\\\\z", "w\\ ", "\"q\""])]
    parts += [" "]
    for i in range(1 + r.randrange(3)):
        parts += ["," if i else "",
                  r.choice(["f", "g\\ h", "\\,i", "j\\=k"]) + str(i), "=",
                  r.choice(["1", "2.5", "-3e2", "4i", "t", "false",
                            "\"s\"", "\"a\\\"b\"", "\"c d,e=f\"",
                            "\"\\\\\""])]
    parts += [" " * (1 + r.randrange(2)), str(r.randrange(-5, 1000))]
    text = list("".join(parts))
    for _ in range(r.randrange(4)):
        at = r.randrange(len(text) + 1)
        how = r.randrange(3)
        if how == 0:
            text.insert(at, r.choice(ALPHABET))
        elif how == 1 and at < len(text):
            del text[at]
        elif at < len(text):
            text[at] = r.choice(ALPHABET)
    return "".join(text)


def judge(number, body, precision, listed, manual):
    """None, or what is wrong."""
    how, text = compare(number, body, precision)
    if listed is None and how == LESS and \
            re.search(rb'="(?:[^"\\]|\\.)*"[^, \n]', body):
        listed = "quote"  # random lines run into it
    if listed is None:
        return how and how + "\n" + text
    want, words = LISTED[listed]
    if how != want:
        return "listed as: %s; but: %s\n%s" % (want, how, text)
    if words not in manual:
        return "hfdump(1) does not say: " + words
    return None


def main():
    fill_cases()
    r = random.Random(20261125)
    for i in range(600):
        body = random_body(r)
        case("random %d %r" % (i, body), body)
    with open(MANPAGE, encoding="utf-8") as f:
        manual = " ".join(re.sub(r"^\.(Li|Sq|Dq|Cm) ", "", line).strip()
                          for line in f)
    failed = 0
    for number, (name, body, precision, listed) in enumerate(CASES, 1):
        if isinstance(body, str):
            body = body.encode("utf-8")
        wrong = judge(number, body, precision, listed, manual)
        name = name.replace("#", "\\#").replace("\n", "\\n")
        print("%sok %d - %s" % ("not " if wrong else "", number, name))
        if wrong:
            failed += 1
            for line in wrong.splitlines():
                print("# " + line)
    print("1..%d" % len(CASES))
    return 1 if failed else 0


sys.exit(main())
