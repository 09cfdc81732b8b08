"""One process, from its start to its first answer: what it cost."""

import os
import signal
import time
from pathlib import Path

# How long a process may take before the campaign gives up on it: generous, for machines under load or a quota.
PATIENCE = 120


class Failed(Exception):
    """The process did not do its work."""


def spawn(command, environment, event, runtime, services, tables, documents, cage=None):
    """Starts the process, gives it one event, and kills it when it asks for another. Returns its measures:
    CPU in milliseconds until its first `/next` (`init`), its first accepted write (`ecriture`), its answer
    (`cpu`); `mur`, the time until the answer; `rss`, in kilobytes, at most; `appels` and `connexions`, in all; `avant`,
    both before the first write."""
    marks = {}
    pid = None
    mark = lambda name: lambda: marks.setdefault(name, _cpu(pid))
    runtime.prepare(event, mark("init"))
    services.play(tables, documents, mark("ecriture"))
    log = os.memfd_create("journal")
    started = time.perf_counter()
    pid = _start(command, environment, log, cage)
    answered = _wait(runtime, services, pid)
    elapsed = time.perf_counter() - started
    peak = _peak(pid) if answered else None
    os.kill(pid, signal.SIGKILL)
    _, _, usage = os.wait4(pid, 0)
    runtime.release.set()
    if not answered or runtime.error or runtime.answer is None:
        raise Failed("\n".join(it for it in (_tail(log), runtime.error, services.unknown) if it))
    os.close(log)
    return {"init": marks.get("init"), "ecriture": marks.get("ecriture"),
            "cpu": 1000 * (usage.ru_utime + usage.ru_stime), "mur": 1000 * elapsed, "rss": peak,
            "appels": len(services.calls), "connexions": services.connections, "avant": services.before, "reponse": runtime.answer}


def _start(command, environment, log, cage):
    actions = [(os.POSIX_SPAWN_DUP2, log, 1), (os.POSIX_SPAWN_DUP2, log, 2)]
    if cage:
        command = [*cage.enter, *command]
    return os.posix_spawn(command[0], command, environment, file_actions=actions)


def _wait(runtime, services, pid):
    """Until the second `/next`; false when the process dies before, asks for what nobody has, or takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not runtime.done.wait(0.25):
        gone = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if gone or services.unknown or time.monotonic() > deadline:
            return False
    return True


def _cpu(pid):
    """The CPU that a process has used, in milliseconds: its own clock, whose number Linux makes of its id."""
    return 1000 * time.clock_gettime((~pid << 3) | 2)


def _peak(pid):
    """The most memory it held, in kilobytes. Not `ru_maxrss`, which starts from what the parent held at the fork."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


def _tail(log):
    size = os.lseek(log, 0, os.SEEK_END)
    os.lseek(log, max(0, size - 2000), os.SEEK_SET)
    text = os.read(log, 2000).decode(errors="replace")
    os.close(log)
    return text
