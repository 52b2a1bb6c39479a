# SPDX-FileCopyrightText: 2026 Atom Chat contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adapter of the shipped atom-server for the black-box durability checkers (kill9.py, fsync_before_ack.py).

    kill9.py tests/integration/durability_adapter.py --kills 50 BINARY

Senders are guests that speak the realtime protocol; an answer counts as acknowledged only with `message_ack`."""
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import threading

from wsproto import TEXT, Conn

ROOM = "durability"
CONFIG = """
[http]
port = 0
[realtime]
port = 0
messages_per_second = 0
frames_per_second = 0
connections_per_user = 100000
[auth]
guests = "loopback"
[rooms]
create_on_join = true
"""


class Adapter:
    def __init__(self, binary):
        self.binary = binary
        self.dir = tempfile.mkdtemp(prefix="atom-durability-")
        self.data = os.path.join(self.dir, "data")
        self.config = os.path.join(self.dir, "server.toml")
        with open(self.config, "w") as f:
            f.write(CONFIG)
        self.process = self.endpoints = None

    def start(self):
        if self.process:
            self.process.wait()
        self.endpoints = None
        log = open(os.path.join(self.dir, "server.log"), "ab")
        self.process = subprocess.Popen([self.binary, "serve", "--data", self.data, "--config", self.config],
                                        stdout=subprocess.PIPE, stderr=log)
        threading.Thread(target=self._read_output, args=(self.process,), daemon=True).start()
        return self.process.pid

    def _read_output(self, process):
        for line in process.stdout:
            if line.startswith(b"{") and process is self.process:
                ready = json.loads(line)
                if ready.get("event") == "ready":
                    self.endpoints = ready

    def ready(self):
        return self.endpoints is not None and self.connect("probe").ask({"type": "ping"}, "pong") is not None

    def connect(self, name):
        return Client(self.endpoints["realtime"], name)

    def setup(self):
        self.connect("setup").ask({"type": "join_room", "room_id": ROOM}, "room_joined")

    def sender(self, i):
        client = self.connect(f"sender{i}")
        client.ask({"type": "join_room", "room_id": ROOM}, "room_joined")
        return Sender(client)

    def history(self):
        reader = self.connect("reader")
        reader.ask({"type": "join_room", "room_id": ROOM}, "room_joined")
        messages, after = [], 0
        while True:
            page = reader.ask({"type": "history", "room_id": ROOM, "after": after, "limit": 200}, "history")
            for event in page["events"]:
                assert event["seq"] > after, f"seq {event['seq']} does not follow {after}"
                after = event["seq"]
                if event["type"] == "chat_message":
                    messages.append((event["client_id"], event["message"]))
            if not page["has_more_after"]:
                return messages

    def integrity(self):
        database = sqlite3.connect(os.path.join(self.data, "atom.db"))
        try:
            result = database.execute("pragma integrity_check").fetchone()[0]
            foreign = database.execute("pragma foreign_key_check").fetchall()
        finally:
            database.close()
        if result != "ok":
            return result
        return f"foreign keys: {foreign[:3]}" if foreign else ""

    def stop(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


class Client:
    def __init__(self, url, name):
        self.conn = Conn(f"{url}/ws/{name}", timeout=5).open()

    def ask(self, frame, answer, accept=lambda f: True):
        self.conn.send(TEXT, json.dumps(frame).encode())
        while True:
            kind, payload = self.conn.event(5)
            if kind == "close":
                raise OSError(f"closed {self.conn.close_code}")
            if kind != "text":
                continue
            got = json.loads(payload)
            if got.get("type") == "error":
                raise OSError(got)
            if got.get("type") == answer and accept(got):
                return got


class Sender:
    def __init__(self, client):
        self.client = client

    def send(self, client_id, text):
        frame = {"type": "chat_message", "room_id": ROOM, "message": text, "client_id": client_id}
        self.client.ask(frame, "message_ack", lambda f: f["client_id"] == client_id)
