#!/usr/bin/env python3
"""reach.py READER FILE...: prints the lines of READER that reading FILEs does not reach, but for those that raise.

So a set of files is known to hold every method, stream and type that the reader knows of.
"""
import contextlib, io, sys, types  # noqa: E401


def lines(code):
    yield from (line for _, _, line in code.co_lines() if line)
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            yield from lines(const)


def main(reader, *paths):
    with open(reader, encoding="utf-8") as f:
        text = f.read()
    code = compile(text, reader, "exec")
    seen = set()

    def trace(frame, _event, _arg):
        seen.add(frame.f_lineno)
        return trace if frame.f_code.co_filename == reader else None

    for path in paths:
        sys.argv = [reader, path]
        with contextlib.redirect_stdout(io.StringIO()):
            sys.settrace(trace)
            exec(code, {"__name__": "__main__"})
            sys.settrace(None)
    for number in sorted(set(lines(code)) - seen):
        line = text.splitlines()[number - 1]
        if not line.lstrip().startswith("raise "):
            print("%d: %s" % (number, line))


main(*sys.argv[1:])
