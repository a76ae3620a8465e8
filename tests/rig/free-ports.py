#!/usr/bin/env python3
"""usage: free-ports.py N - prints N ports of 127.0.0.1 that are free now."""
import socket
import sys

held = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in held:
    s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in held))
