#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 Atom Chat contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small local HTTP service for the example workflows: made-up weather and a ticket desk in memory.

    GET  /health              -> {"status": "ok"}
    GET  /weather?city=Paris  -> {"city", "temperature_c", "condition", "wind_kmh", "humidity"}; 404 for "Atlantis"
    POST /tickets             {"title", "priority"?} -> 201 {"id", "title", "priority", "status", "url"}
                              the same Idempotency-Key gives the same ticket again (200)
    GET  /tickets/{id}        -> the ticket, 404 when there is none

The first line on standard output is {"port": N}. Only the standard library is used.
"""
import argparse
import hashlib
import json
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

CONDITIONS = ["sunny", "partly cloudy", "cloudy", "light rain", "windy", "clear"]
PRIORITIES = ["low", "normal", "high"]
MAX_BODY = 64 * 1024


class Desk:
    """Tickets and the counters of the failures asked for, shared by all request threads."""

    def __init__(self, fail_first):
        self.lock = threading.Lock()
        self.tickets = {}
        self.by_key = {}
        self.fail_first = fail_first
        self.seen = {}

    def must_fail(self, route, key):
        with self.lock:
            count = self.seen.get((route, key), 0) + 1
            self.seen[(route, key)] = count
            return count <= self.fail_first

    def open_ticket(self, key, title, priority, base):
        with self.lock:
            if key and key in self.by_key:
                return self.tickets[self.by_key[key]], False
            number = f"T-{1000 + len(self.tickets) + 1}"
            self.tickets[number] = {"id": number, "title": title, "priority": priority, "status": "open",
                                    "url": f"{base}/tickets/{number}"}
            if key:
                self.by_key[key] = number
            return self.tickets[number], True


def weather_of(city):
    """Invented, but always the same for a city."""
    digest = hashlib.sha256(city.casefold().encode()).digest()
    return {"city": city, "temperature_c": digest[0] % 35 - 4, "condition": CONDITIONS[digest[1] % len(CONDITIONS)],
            "wind_kmh": digest[2] % 40, "humidity": 30 + digest[3] % 60}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def refused(self, path):
        """Whether this request has to fail (--fail-first); /health never does."""
        if path != "/health" and self.server.desk.must_fail(f"{self.command} {path}", self.headers.get("Idempotency-Key", "")):
            self.answer(503, {"error": "temporarily unavailable"})
            return True
        return False

    def do_GET(self):
        parts = urlsplit(self.path)
        if self.refused(parts.path):
            return
        if parts.path == "/health":
            self.answer(200, {"status": "ok"})
        elif parts.path == "/weather":
            city = parse_qs(parts.query).get("city", [""])[0].strip()
            if not city:
                self.answer(400, {"error": "city is missing"})
            elif city.casefold() == "atlantis":
                self.answer(404, {"error": "no such city"})
            else:
                self.answer(200, weather_of(city))
        elif parts.path.startswith("/tickets/"):
            ticket = self.server.desk.tickets.get(parts.path.removeprefix("/tickets/"))
            self.answer(200 if ticket else 404, ticket or {"error": "no such ticket"})
        else:
            self.answer(404, {"error": "no such page"})

    def do_POST(self):
        parts = urlsplit(self.path)
        try:
            length = int(self.headers.get("Content-Length", "0"))
        except ValueError:
            length = -1
        if not 0 <= length <= MAX_BODY:
            self.close_connection = True
            self.answer(413, {"error": "body too large"})
            return
        body = self.rfile.read(length)
        if self.refused(parts.path):
            return
        if parts.path != "/tickets":
            self.answer(404, {"error": "no such page"})
            return
        try:
            asked = json.loads(body)
            title = asked["title"].strip()
            priority = asked.get("priority") or "normal"
        except (ValueError, KeyError, TypeError, AttributeError):
            self.answer(400, {"error": "expected {\"title\": text}"})
            return
        if not title or priority not in PRIORITIES:
            self.answer(422, {"error": f"title is needed; priority is one of {', '.join(PRIORITIES)}"})
            return
        host, port = self.server.server_address[:2]
        ticket, is_new = self.server.desk.open_ticket(self.headers.get("Idempotency-Key", ""), title, priority,
                                                      f"http://{host}:{port}")
        self.answer(201 if is_new else 200, ticket)

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser(description="Local service for the example workflows.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5061, help="0 picks a free one")
    parser.add_argument("--fail-first", type=int, default=0, metavar="N",
                        help="each route and Idempotency-Key answers 503 N times first")
    arguments = parser.parse_args()
    server = ThreadingHTTPServer((arguments.host, arguments.port), Handler)
    server.daemon_threads = True
    server.desk = Desk(arguments.fail_first)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(json.dumps({"port": server.server_address[1]}), flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
