"""An emulated AWS: one process on the loopback, no Docker, no account, gone when the tests are."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import boto3
from botocore.config import Config

REGION = "eu-west-3"


def wait_for(what, probe, seconds=60):
    """Polls `probe` until it answers something true, and returns it."""
    deadline = time.monotonic() + seconds
    while True:
        answer = probe()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: still not so after {seconds} s")
        time.sleep(0.1)


def free_port():
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _die_with_parent():
    """Asks Linux to end this process when the tests are killed before they can."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Emulator:
    """A running emulator, empty. With `roles`, it refuses what a function's role does not allow."""

    def __init__(self, roles=False):
        self.scratch = Path(tempfile.mkdtemp(prefix="spie-cloud-"))
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.log = self.scratch / "emulator.log"
        self.process = None
        try:
            self._start(roles)
        except BaseException:
            self.stop()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def client(self, service):
        """An AWS client with the account's own credentials."""
        return boto3.client(
            service, region_name=REGION, endpoint_url=self.endpoint,
            aws_access_key_id="test", aws_secret_access_key="test",
            config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}),
        )

    def _start(self, roles):
        environment = {
            "PATH": os.environ["PATH"],
            "TMPDIR": str(self.scratch),
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_DEFAULT_REGION": REGION,
            "MINISTACK_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AUTH": "true" if roles else "false",
            "CLOUDTRAIL_RECORDING": "1",
            "CLOUDTRAIL_MAX_EVENTS": "100000",
            "IOT_MTLS_ENABLED": "0",  # it would listen on a port of its own
            "AWS_LAMBDA_LOG_FORMAT": "JSON",  # as Lambda tells the functions from `LoggingConfig`
            "AWS_LAMBDA_LOG_LEVEL": "INFO",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ministack"], env=environment, cwd=self.scratch,
            stdout=self.log.open("wb"), stderr=subprocess.STDOUT, start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )
        wait_for("the emulator answers", self._healthy)

    def _healthy(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"the emulator stopped:\n{self.log.read_text()[-4000:]}")
        try:
            with urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stop(self):
        """Ends the emulator, the functions it started, and what they left on disk."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        shutil.rmtree(self.scratch, ignore_errors=True)
