"""The local mode as a process: started on a free port, killed, started again on the same data."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("SPIE_BINAIRE", ROOT / "target" / "debug" / "spie"))
PATIENCE = 120


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Local:
    """One process of the local mode, and its data."""

    def __init__(self, data: pathlib.Path):
        self.data = data
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.log = data.with_suffix(".log").open("ab")

    def start(self):
        environment = {**os.environ, "PORT": str(self.port), "SPIE_DATA": str(self.data), "TERRITOIRES": "77"}
        self.process = subprocess.Popen([BINARY, "local"], env=environment, stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"the process ended: {self.log.name}"
            try:
                if self.get("/sante")["etat"] == "ok":
                    return self
            except (urllib.error.URLError, ConnectionError):
                # Asked again until it answers or the patience is over.
                time.sleep(0.02)
        raise AssertionError("the process does not answer")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.kill()
        self.log.close()

    def request(self, method, path, body=None, headers=None):
        """Status, headers and JSON of one request; an error status is an answer too."""
        data = None if body is None else json.dumps(body).encode()
        every = {"content-type": "application/json", **(headers or {})} if data else (headers or {})
        ask = urllib.request.Request(self.address + path, data=data, headers=every, method=method)
        try:
            with urllib.request.urlopen(ask, timeout=PATIENCE) as answer:
                return answer.status, answer.headers, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, error.headers, json.loads(error.read() or b"null")

    def get(self, path, token=None):
        headers = {"authorization": f"Bearer {token}"} if token else {}
        status, _, body = self.request("GET", path, headers=headers)
        assert status == 200, (path, status, body)
        return body

    def token(self, role):
        status, _, body = self.request("POST", "/dev/jetons", {"role": role, "territoire": "77"})
        assert status in (200, 201), body
        return body["jeton"]

    def everything(self, path, token):
        """Every element of a list, page after page."""
        found, after = [], None
        while True:
            page = self.get(f"{path}{'&' if '?' in path else '?'}limite=100" + (f"&apres={after}" if after else ""), token)
            found += page["elements"]
            after = page.get("suivant")
            if not after:
                return found


@pytest.fixture
def local(tmp_path):
    process = Local(tmp_path / "donnees")
    yield process
    process.stop()
