"""The Lambda runtime API, for one function at a time: gives one event, takes its answer, and waits."""

import json
import socketserver
import threading
import time
from http.server import BaseHTTPRequestHandler


class Runtime:
    """Serves one event to whoever asks first, and tells what happened: `asked`, `answered`, `done`."""

    def __init__(self):
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.runtime = self
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        self.prepare(None, lambda: None)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def prepare(self, event, on_first_next):
        """The event of the next process; `on_first_next` is called when it asks for it."""
        self.event = json.dumps(event).encode()
        self.on_first_next = on_first_next
        self.answer = None
        self.error = None
        self.served = False
        self.done = threading.Event()     # the function asked for a second event, or said that it failed
        self.release = threading.Event()  # the process is dead: whoever waits for an event may go

    def stop(self):
        """Stops listening."""
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each answer, sent in two parts, would wait 40 ms for an acknowledgement

    def do_GET(self):
        """`/next`: the event the first time; the second time, the work is done and nothing more is given."""
        runtime = self.server.runtime
        if runtime.served:
            runtime.done.set()
            runtime.release.wait()
            self.close_connection = True
            return
        runtime.served = True
        runtime.on_first_next()
        self._send(200, runtime.event, {
            "Lambda-Runtime-Aws-Request-Id": "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
            "Lambda-Runtime-Deadline-Ms": str(int(time.time() * 1000) + 30_000),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-3:000000000000:function:essai",
            "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0",
        })

    def do_POST(self):
        """`/response`, or an error: its text is kept and the wait ends."""
        runtime = self.server.runtime
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.endswith("/response"):
            runtime.answer = body
        else:
            runtime.error = body.decode(errors="replace")
            runtime.done.set()
        self._send(202, b'{"status":"OK"}', {})

    def _send(self, status, body, headers):
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Says nothing: the campaign does."""
