"""The parent of the Python processes: everything is imported once, and each process is a fork of it.

A process of Lambda imports boto3 in half a second, before its first event. Here it is forked after the imports, which
takes a few milliseconds: what is measured, effects doubled and lost from the first event on, is the same. Each fork is
a process of its own, that SIGKILL ends anywhere, with its own clients and its own connections.

`forge.py <socket>` listens, and says so by the version of Powertools. A connection asks for one process by one line of
JSON, `{"module": …, "environment": {…}}`, and lives as long as the process: a word on it kills the process, and it
closes once the process is no more.
"""

import contextlib
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
from importlib.metadata import version

import aws
import runtime

MODULES = {name: importlib.import_module(name) for name in ("check_then_act", "with_powertools", "write_then_send")}
LONGEST = 65536


class Forge:
    """The processes under way, each under the connection that asked for it."""

    def __init__(self, path):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(128)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ, self.accept)

    def run(self):
        """Serves until whoever started it closes its standard input."""
        self.selector.register(sys.stdin, selectors.EVENT_READ, None)
        print(version("aws-lambda-powertools"), flush=True)
        while True:
            for key, _ in self.selector.select():
                if key.data is None:
                    return
                # One event may end what another, of the same moment, was about.
                if self.selector.get_map().get(key.fd) is key:
                    key.data()

    def accept(self):
        connection, _ = self.listener.accept()
        with connection.makefile("r", encoding="utf-8") as lines:
            asked = json.loads(lines.readline(LONGEST))
        child = os.fork()
        if child == 0:
            self.become(asked)
        ended = os.pidfd_open(child)
        self.selector.register(connection, selectors.EVENT_READ, lambda: self.kill(child, connection))
        self.selector.register(ended, selectors.EVENT_READ, lambda: self.bury(child, ended, connection))

    def become(self, asked):
        """The life of a process; never returns."""
        try:
            for key in list(self.selector.get_map().values()):
                os.close(key.fd)
            self.selector.close()
            os.environ.clear()
            os.environ.update(asked["environment"])
            runtime.serve(MODULES[asked["module"]].handler())
        finally:
            os._exit(1)

    def kill(self, child, connection):
        """Whoever asked for the process wants it dead, or is gone."""
        connection.recv(1)
        self.selector.unregister(connection)
        os.kill(child, signal.SIGKILL)

    def bury(self, child, ended, connection):
        os.waitpid(child, 0)
        self.selector.unregister(ended)
        os.close(ended)
        if connection.fileno() in self.selector.get_map():
            self.selector.unregister(connection)
        # A process forked since the kill has a copy of the connection: closing ours alone would not end it.
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()


aws.warm_up()
gc.freeze()
Forge(sys.argv[1]).run()
