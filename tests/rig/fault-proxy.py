#!/usr/bin/env python3
"""A loopback proxy in front of an S3 server that injects chosen faults.

usage: fault-proxy.py DIR PORT UPSTREAMPORT

Listens on 127.0.0.1:PORT, forwards to 127.0.0.1:UPSTREAMPORT, keeps its pid
in DIR/run/fault-proxy.pid.  DIR/rules is read anew when it changes, a rule a
line (# begins a comment); DIR/requests gets a line for each request:

    METHOD TARGET RANGE STATUS FAULT        (- where there is none)

A rule is METHOD REGEX WHEN FAULT [ARGUMENT...].  METHOD may be *.  REGEX is
searched in "TARGET RANGE" (path, query, Range header).  WHEN: N the first N
requests that match, S+N after S of them the next N, * all, %N each Nth.  The
first rule that is due acts:

    reset               RST instead of reading the body of the request
    drop                close instead of an answer, nothing forwarded
    lost                forwarded; close instead of the answer
    lost-reset          forwarded; RST instead of the answer
    reset-mid N         the answer's head and N bytes of its body, then RST
    cut N               the same, then an orderly close
    short N             the body lacks its last N bytes, and Content-Length
                        says so
    long N              Content-Length is N bytes more than what comes
    stall S             nothing for S seconds, then close
    stall-mid N S       head, N bytes, then nothing for S seconds, then close
    trickle N S         the body, N bytes each S seconds
    delay S             forwarded after S seconds
    flip N              a bit of byte N of the body is another
    etag TEXT           this ETag instead of the server's
    no-etag             no ETag
    no-range            no Content-Range
    range TEXT          this Content-Range
    chunked N           the body in chunks, of which the last one is missing
                        after N bytes
    status CODE ERROR   an error reply with ERROR; not forwarded
    mute CODE ERROR     the same with an empty Message
    html CODE           the same as a page in HTML
    bare CODE           the same without a body
    slowdown S          503 SlowDown with Retry-After: S
    after CODE ERROR    forwarded, then the error reply
    in200 ERROR         status 200 with an Error in the body; not forwarded
    in200-after ERROR   the same; forwarded
    blanks N            forwarded; N blanks in front of the body, as servers
                        send that keep a connection alive
    region NAME         400 AuthorizationHeaderMalformed with a Region
    redirect CODE URL   CODE with Location URL; not forwarded
    skewed S            403 RequestTimeTooSkewed, Date is S seconds off
    garbage             bytes that are no HTTP
    bad-xml             200 with XML that breaks off
    bomb                200 with XML of nested entities
    whole FILE ETAG     200 with the bytes of FILE, whatever range was asked
    closing             forwarded; Connection: close
"""
import email.utils
import os
import re
import socket
import struct
import sys
import threading
import time

DIR, PORT, UPSTREAM = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
RULES, REQUESTS = os.path.join(DIR, "rules"), os.path.join(DIR, "requests")
LOCK = threading.Lock()
STATE = {"stamp": None, "rules": []}


class Rule:
    def __init__(self, line):
        words = line.split()
        self.method, self.regex = words[0], re.compile(words[1])
        self.when, self.fault, self.args = words[2], words[3], words[4:]
        self.seen = 0

    def due(self, method, text):
        if self.method not in ("*", method) or not self.regex.search(text):
            return False
        self.seen += 1
        if self.when == "*":
            return True
        if self.when[0] == "%":
            return self.seen % int(self.when[1:]) == 0
        skip, _, n = self.when.rpartition("+")
        skip = int(skip or 0)
        return skip < self.seen <= skip + int(n)


def find_fault(method, text):
    with LOCK:
        try:
            s = os.stat(RULES)
            stamp = (s.st_ino, s.st_mtime_ns, s.st_size)
        except FileNotFoundError:
            stamp = None
        if stamp != STATE["stamp"]:
            STATE["stamp"], STATE["rules"] = stamp, []
            if stamp:
                with open(RULES, encoding="ascii") as f:
                    STATE["rules"] = [Rule(line) for line in f
                                      if line.split("#")[0].strip()]
        for rule in STATE["rules"]:
            if rule.due(method, text):
                return rule.fault, rule.args
    return None, []


def record(*words):
    with LOCK, open(REQUESTS, "a", encoding="latin-1") as f:
        f.write(" ".join(str(w) if w else "-" for w in words) + "\n")


class Gone(Exception):
    """The connection ended."""


class Side:
    """One connection, read through a buffer."""

    def __init__(self, sock):
        self.sock, self.data = sock, b""

    def more(self):
        got = self.sock.recv(1 << 18)
        if not got:
            raise Gone()
        self.data += got

    def head(self):
        while b"\r\n\r\n" not in self.data:
            self.more()
        head, self.data = self.data.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        return lines[0], [tuple(x.split(":", 1)) for x in lines[1:]]

    def take(self, n):
        while n:
            if not self.data:
                self.more()
            piece, self.data = self.data[:n], self.data[n:]
            n -= len(piece)
            yield piece

    def line(self):
        while b"\r\n" not in self.data:
            self.more()
        line, self.data = self.data.split(b"\r\n", 1)
        return line

    def chunks(self):
        while True:
            n = int(self.line().split(b";")[0], 16)
            yield from self.take(n)
            if n == 0:
                while self.line():
                    pass
                return
            self.line()

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             struct.pack("ii", 1, 0))
        raise Gone()


def find(headers, name):
    for k, v in headers:
        if k.lower() == name:
            return v.strip()
    return None


def without(headers, *names):
    return [(k, v) for k, v in headers if k.lower() not in names]


def compose(first, headers):
    return "".join([first, "\r\n"] + ["%s: %s\r\n" % (k, v.strip())
                                      for k, v in headers] +
                   ["\r\n"]).encode("latin-1")


def error_xml(code, message="made by the fault proxy", more=""):
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>%s</Code>'
            "<Message>%s</Message>%s<RequestId>FAULT</RequestId></Error>" %
            (code, message, more)).encode()


def reply(client, code, body, headers=(), method="GET"):
    head = [("Content-Type", "application/xml"),
            ("Content-Length", str(len(body))),
            ("x-amz-request-id", "FAULT")]
    given = {k.lower() for k, _ in headers}
    head = [h for h in head if h[0].lower() not in given] + list(headers)
    client.sock.sendall(compose("HTTP/1.1 %s Fault" % code, head) +
                        (b"" if method == "HEAD" else body))


def answer_alone(client, fault, args, method):
    """Faults that need no server; False: it is none of those."""
    if fault == "status":
        reply(client, args[0], error_xml(args[1]), method=method)
    elif fault == "mute":
        reply(client, args[0], error_xml(args[1], ""), method=method)
    elif fault == "html":
        reply(client, args[0], b"<html><h1>Bad day</h1></html>",
              [("Content-Type", "text/html")], method)
    elif fault == "bare":
        reply(client, args[0], b"", method=method)
    elif fault == "slowdown":
        reply(client, 503, error_xml("SlowDown"), [("Retry-After", args[0])],
              method)
    elif fault == "in200":
        reply(client, 200, error_xml(args[0]))
    elif fault == "region":
        reply(client, 400, error_xml("AuthorizationHeaderMalformed",
                                     more="<Region>%s</Region>" % args[0]),
              [("x-amz-bucket-region", args[0])], method)
    elif fault == "redirect":
        reply(client, args[0], error_xml("TemporaryRedirect"),
              [("Location", args[1])], method)
    elif fault == "skewed":
        when = email.utils.formatdate(time.time() + float(args[0]),
                                      usegmt=True)
        reply(client, 403, error_xml("RequestTimeTooSkewed"),
              [("Date", when)], method)
    elif fault == "garbage":
        client.sock.sendall(b"\x16\x03\x01 no http here\r\n\r\n" * 20)
        raise Gone()
    elif fault == "bad-xml":
        reply(client, 200, b"<?xml version=\"1.0\"?><A><B>x</B><C")
    elif fault == "bomb":
        entities = "".join('<!ENTITY e%d "%s">' % (i, "&e%d;" % (i - 1) * 10)
                           for i in range(1, 12))
        reply(client, 200, ('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e0 '
                            '"boom">%s]><a>&e11;</a>' % entities).encode())
    elif fault == "whole":
        with open(args[0], "rb") as f:
            reply(client, 200, f.read(), [("ETag", args[1])], method)
    else:
        return False
    return True


def alter(headers, fault, args):
    """The head of the server's answer, changed."""
    n = int(find(headers, "content-length") or 0)
    if fault == "etag":
        headers = without(headers, "etag") + [("ETag", args[0])]
    elif fault == "no-etag":
        headers = without(headers, "etag")
    elif fault == "no-range":
        headers = without(headers, "content-range")
    elif fault == "range":
        headers = without(headers, "content-range") + \
            [("Content-Range", " ".join(args).replace("_", " "))]
    elif fault in ("short", "long", "blanks"):
        n += {"short": -1, "long": 1, "blanks": 1}[fault] * int(args[0])
        headers = without(headers, "content-length") + \
            [("Content-Length", str(max(n, 0)))]
    elif fault == "chunked":
        headers = without(headers, "content-length") + \
            [("Transfer-Encoding", "chunked")]
    elif fault == "closing":
        headers = without(headers, "connection") + [("Connection", "close")]
    return headers


def relay(client, body, fault, args):
    """The body of the server's answer, changed."""
    n = int(args[0]) if args and args[0].isdigit() else 0
    at = 0
    if fault == "blanks":
        client.sock.sendall(b" " * n)
    for piece in body:
        end = at + len(piece)
        if fault in ("reset-mid", "cut", "stall-mid", "chunked") and end >= n:
            piece = piece[:n - at]
            if fault == "chunked":
                piece = b"%x\r\n%s\r\n" % (len(piece), piece) if piece else b""
            client.sock.sendall(piece)
            if fault == "reset-mid":
                time.sleep(0.05)  # what was sent should arrive
                client.reset()
            if fault == "stall-mid":
                time.sleep(float(args[1]))
            raise Gone()
        if fault == "flip" and at <= n < end:
            piece = bytearray(piece)
            piece[n - at] ^= 1
        elif fault == "chunked":
            piece = b"%x\r\n%s\r\n" % (len(piece), piece)
        elif fault == "trickle":
            for i in range(0, len(piece), n):
                client.sock.sendall(piece[i:i + n])
                time.sleep(float(args[1]))
            piece = b""
        client.sock.sendall(piece)
        at = end
    if fault in ("long", "cut", "reset-mid", "stall-mid", "chunked"):
        raise Gone()


def forward(server, first, headers, body):
    server.sock.sendall(compose(first, without(headers, "expect")))
    refused = False
    for piece in body:
        try:
            if not refused:
                server.sock.sendall(piece)
        except OSError:
            refused = True  # its answer says why
    while True:
        first, headers = server.head()
        if first.split(" ")[1] != "100":
            return first, headers


def body_of(server, method, first, headers):
    code = first.split(" ")[1]
    if method == "HEAD" or code in ("204", "304"):
        return iter(())
    if (find(headers, "transfer-encoding") or "").lower() == "chunked":
        return server.chunks()
    return server.take(int(find(headers, "content-length") or 0))


def shorten(body, n):
    data = b"".join(body)
    return iter([data[:max(len(data) - n, 0)]])


def serve_one(client, server):
    first, headers = client.head()
    method, target = first.split(" ")[:2]
    ranged = find(headers, "range")
    fault, args = find_fault(method, "%s %s" % (target, ranged or ""))
    if fault == "reset":
        record(method, target, ranged, None, fault)
        client.reset()
    if (find(headers, "expect") or "").lower() == "100-continue":
        client.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = client.take(int(find(headers, "content-length") or 0))
    if fault in ("drop", "stall") or fault and fault not in FORWARDED:
        for _ in body:
            pass
        record(method, target, ranged, args[0] if args else None, fault)
        if fault == "stall":
            time.sleep(float(args[0]))
        if not answer_alone(client, fault, args, method):
            raise Gone()
        return
    if fault == "delay":
        time.sleep(float(args[0]))
    answer, reply_headers = forward(server, first, headers, body)
    body = body_of(server, method, answer, reply_headers)
    record(method, target, ranged, answer.split(" ")[1], fault)
    if fault in ("lost", "lost-reset", "after", "in200-after"):
        for _ in body:
            pass
        if fault == "lost-reset":
            client.reset()
        if fault == "lost":
            raise Gone()
        if fault == "after":
            reply(client, args[0], error_xml(args[1]), method=method)
        else:
            reply(client, 200, error_xml(args[0]))
        return
    if fault == "short":
        body = shorten(body, int(args[0]))
    if (find(reply_headers, "transfer-encoding") or "").lower() == "chunked":
        data = b"".join(body)
        reply_headers = without(reply_headers, "transfer-encoding") + \
            [("Content-Length", str(len(data)))]
        body = iter([data])
    client.sock.sendall(compose(answer, alter(reply_headers, fault, args)))
    relay(client, body, fault, args)
    if fault == "closing":
        raise Gone()


FORWARDED = {"lost", "lost-reset", "reset-mid", "cut", "short", "long",
             "stall-mid", "trickle", "delay", "flip", "etag", "no-etag",
             "no-range", "range", "chunked", "after", "in200-after", "blanks",
             "closing"}


def serve(sock):
    server = None
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = socket.create_connection(("127.0.0.1", UPSTREAM))
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client, upstream = Side(sock), Side(server)
        while True:
            serve_one(client, upstream)
    except (Gone, OSError):
        pass
    finally:
        sock.close()
        if server:
            server.close()


def main():
    os.makedirs(os.path.join(DIR, "run"), exist_ok=True)
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", PORT))
    listener.listen(64)
    with open(os.path.join(DIR, "run", "fault-proxy.pid"), "w",
              encoding="ascii") as f:
        f.write("%d\n" % os.getpid())
    while True:
        sock, _ = listener.accept()
        threading.Thread(target=serve, args=(sock,), daemon=True).start()


main()
