# SPDX-FileCopyrightText: 2026 Atom Chat contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one of the black-box checkers against the shipped server on free ports.

    run_checker.py websocket|http|kill9|fsync BINARY TOOLS_FOLDER [options of the checker]

Exit code of the checker; 77 (skipped) when the checkers are not there."""
import json
import os
import subprocess
import sys
import tempfile

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
"""


def main():
    kind, binary, tools, options = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
    here = os.path.dirname(os.path.abspath(__file__))
    script = {"websocket": "ws_conformance.py", "http": "http_malformed.py", "kill9": "kill9.py",
              "fsync": "fsync_before_ack.py"}[kind]
    checker = os.path.join(tools, script)
    if not os.path.exists(checker):
        print(f"{checker} is not there: skipped")
        return 77
    if kind in ("kill9", "fsync"):
        # The binary comes last: it is the adapter's own argument.
        return subprocess.call(["/usr/bin/python3", checker, os.path.join(here, "durability_adapter.py"), *options, binary])
    with tempfile.TemporaryDirectory(prefix="atom-checker-") as folder:
        config = os.path.join(folder, "server.toml")
        with open(config, "w") as f:
            f.write(CONFIG)
        with open(os.path.join(folder, "server.log"), "wb") as log:
            server = subprocess.Popen([binary, "serve", "--data", os.path.join(folder, "data"), "--config", config],
                                      stdout=subprocess.PIPE, stderr=log)
        try:
            ready = {}
            while ready.get("event") != "ready":
                line = server.stdout.readline()
                if not line:
                    print(open(os.path.join(folder, "server.log")).read())
                    return 1
                ready = json.loads(line) if line.startswith(b"{") else {}
            if kind == "websocket":
                command = [checker, ready["realtime"] + "/ws/checker", "--max-message", "65536",
                           "--bad-origin", "https://evil.example", "--strict-utf8"]
            else:
                command = [checker, ready["http"], "--post", "/api/v1/chat/message", "--max-body", str(1 << 20)]
            code = subprocess.call(["/usr/bin/python3", *command, "--pid", str(server.pid), *options])
            server.terminate()
            stopped = server.wait(30)
            if stopped != 0:
                print(f"FAIL: the server ended with {stopped} after SIGTERM")
                print(open(os.path.join(folder, "server.log")).read()[-4000:])
                return 1
            return code
        finally:
            server.kill()


sys.exit(main())
