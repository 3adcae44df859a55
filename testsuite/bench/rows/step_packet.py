# SPDX-License-Identifier: GPL-2.0-or-later
"""A round trip of vCont;s without gdb, and one of a packet that only asks: what
the transport alone costs."""
import socket
import time

PROGRAM = "hot"
# in_gdb.py does not connect.
RAW = True
CASES = [{"name": "packets without gdb", "flags": "-O2"}]
FIGURES = {"vCont;s": ("us", False), "the transport alone": ("us", False)}
ROUNDS = 300


class Client:
    """Speaks as much of the protocol as this needs."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(30)
        self.data = b""
        self.ask("qSupported:swbreak+;vContSupported+")
        self.ask("QStartNoAckMode")

    def ask(self, packet):
        self.send(packet)
        return self.receive()

    def send(self, packet):
        text = packet.encode()
        self.socket.sendall(b"+$%s#%02x" % (text, sum(text) & 255))

    def receive(self):
        while True:
            start = self.data.find(b"$")
            end = self.data.find(b"#", start)
            if start >= 0 and 0 <= end <= len(self.data) - 3:
                reply = self.data[start + 1:end]
                self.data = self.data[end + 3:]
                return reply.decode("latin1")
            more = self.socket.recv(65536)
            if not more:
                raise RuntimeError("connection closed")
            self.data += more


def measure(_gdb, _case, _server, port):
    """Runs in gdb, not connected. Returns times in seconds."""
    client = Client(port)
    thread = client.ask("qC")[2:]
    start = time.monotonic()
    for _ in range(ROUNDS):
        client.ask("qC")
    asked = time.monotonic()
    for _ in range(ROUNDS):
        reply = client.ask("vCont;s:" + thread)
        if not reply.startswith("T05"):
            raise RuntimeError("no step: " + reply)
    end = time.monotonic()
    client.ask("D")
    return {"ask": (asked - start) / ROUNDS, "step": (end - asked) / ROUNDS}


def figures(_case, _server, times):
    """From what was measured."""
    return {"vCont;s": 1e6 * times["step"],
            "the transport alone": 1e6 * times["ask"]}
