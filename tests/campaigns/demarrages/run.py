"""The campaign of the starts: what a cold start costs, function by function, beside a bare one and the step in Python.

Processes are started one at a time, in turns, so that what slows the machine slows all of them. Each gets one event
from a Runtime API, finds its services behind TLS at the end of a proxy, and is killed when it asks for more. The last
line is the report; the exit code is 0 only when every function holds the goals below.
"""

import argparse
import datetime
import json
import os
import random
import sys
import tempfile
import time

import contestants as who
from figures import median, ratio
from identity import Identity
from quota import SHARE, cage
from runtime import Runtime
from services import Services
from sizes import zipped, zipped_python
from spawn import Failed, spawn

# The goals, for each function.
CPU_MS = 15        # CPU from the start of the process to its first committed write
RSS_MB = 16        # the most memory that it holds
ZIP_MB = 6         # what is sent to Lambda
BARE_RATIO = 1.3   # its CPU beside a bare function that makes as many requests
PYTHON_CPU = 20    # how many times less CPU than the step in Python
PYTHON_RSS = 5     # how many times less memory


def main():
    """Measures, says, and judges."""
    options = read_options()
    who.python_is_there()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="spie-demarrages-") as folder:
        identity = Identity(folder)
        runtime = Runtime()
        services = Services(identity.certificate, identity.key, {"/jwks.json": identity.keys()})
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        field = Field(who.scenes(now), identity, services, runtime)
        field.run(options.executions, options.graine)
        under_quota = field.under_quota(options.quota)
        runtime.stop()
        services.stop()
    lines = field.lines(options.graine, under_quota)
    violations = [it for line in lines for it in judge(line)]
    show(lines, violations)
    print(json.dumps({
        "campagne": "demarrages", "executions": sum(len(it.measures) for it in field.everybody()),
        "violations": len(violations), "graines_en_echec": [], "secondes": round(time.monotonic() - started, 1),
        "quota": None if under_quota is None else SHARE, "lignes": lines,
    }, ensure_ascii=False))
    sys.exit(1 if violations else 0)


def read_options():
    """`--court`, `--executions N`, `--graine G`."""
    parser = argparse.ArgumentParser(prog="tests/campagne demarrages", add_help=False)
    parser.add_argument("--court", action="store_true")
    parser.add_argument("--graine", type=int, default=1)
    parser.add_argument("--executions", type=int)
    options = parser.parse_args()
    options.quota = 1 if options.court else 5
    options.executions = options.executions or (5 if options.court else 50)
    return options


class Field:
    """Everybody who is measured, and the world that they are started in."""

    def __init__(self, scenes, identity, services, runtime):
        self._runtime, self._services = runtime, services
        self._all = who.contestants(scenes, identity, services, runtime)
        # A first start of each, not measured: the files are then in memory for all, and the requests are known.
        for contestant in self._all:
            self._start(contestant)
        common = who.environment(identity, services, runtime)
        self._equals = {}
        for name in who.FUNCTIONS:
            equal = who.at_equal_requests(self.named(name), scenes, common)
            self._equals[name] = next((it for it in self._equals.values() if it.name == equal.name), equal)
        for contestant in self._all:
            contestant.measures.clear()

    def named(self, name):
        """A contestant by its name."""
        return next(it for it in self._all if it.name == name)

    def everybody(self):
        """Every contestant, once."""
        return self._all + list({it.name: it for it in self._equals.values()}.values())

    def run(self, rounds, seed):
        """Starts everybody once per round, each round in an order drawn from the seed."""
        draw, order = random.Random(seed), self.everybody()
        for number in range(rounds):
            draw.shuffle(order)
            for contestant in order:
                self._start(contestant)
            progress(number + 1, rounds)

    def under_quota(self, rounds):
        """The time to the first answer with a share of a processor, by name; `None` without a cage."""
        closed = cage()
        if closed is None:
            return None
        try:
            names = [*who.FUNCTIONS, "nu_client", "python"]
            times = {name: [] for name in names}
            for _ in range(rounds):
                for name in names:
                    times[name].append(self._start(self.named(name), closed)["mur"])
            return {name: round(median(it)) for name, it in times.items()}
        finally:
            closed.close()

    def _start(self, contestant, closed=None):
        try:
            measure = spawn(contestant.command, contestant.environment, contestant.event, self._runtime,
                            self._services, contestant.tables, contestant.documents, closed)
        except Failed as failure:
            raise SystemExit(f"demarrages : {contestant.name} n’a pas répondu\n{failure}") from failure
        contestant.check(measure)
        if closed is None:
            contestant.measures.append(measure)
        return measure

    def lines(self, seed, under_quota):
        """The report: one line per function, then per peer."""
        return [self._line(it, seed, under_quota) for it in self.everybody()]

    def _line(self, contestant, seed, under_quota):
        of = lambda name, it=contestant: [measure[name] for measure in it.measures]
        line = {"nom": contestant.name, "executions": len(contestant.measures),
                "cpu_init_ms": middle(of("init")), "cpu_ms": middle(of("ecriture")), "cpu_lot_ms": middle(of("cpu")),
                "mur_ms": middle(of("mur")), "rss_mo": round(median(of("rss")) * 1024 / 1e6, 2),
                "appels": contestant.measures[0]["appels"], "connexions": contestant.measures[0]["connexions"],
                "avant_ecriture": contestant.measures[0]["avant"]}
        if under_quota is not None and contestant.name in under_quota:
            line["mur_quota_ms"] = under_quota[contestant.name]
        if contestant.name in who.FUNCTIONS:
            bare, equal, python = self.named("nu_client"), self._equals[contestant.name], self.named("python")
            line |= {
                "zip_mo": zipped(contestant.name),
                "ratio_minimal": ratio(of("ecriture"), of("ecriture", bare), seed),
                "ratio_a_appels_egaux": ratio(of("ecriture"), of("ecriture", equal), seed),
                "python_cpu": ratio(of("ecriture", python), of("ecriture"), seed),
                "python_rss": ratio(of("rss", python), of("rss"), seed),
            }
        elif contestant.name == "python":
            line["zip_mo"] = zipped_python()
        return line


def middle(values):
    """The median, in milliseconds, or `None` for what did not happen."""
    return None if None in values else round(median(values), 2)


def judge(line):
    """What a function's line does not hold."""
    if line["nom"] not in who.FUNCTIONS:
        return []
    held = (
        (line["cpu_ms"] <= CPU_MS, f"{line['cpu_ms']} ms de processeur, plus de {CPU_MS}"),
        (line["rss_mo"] <= RSS_MB, f"{line['rss_mo']} Mo de mémoire, plus de {RSS_MB}"),
        (line["zip_mo"] <= ZIP_MB, f"{line['zip_mo']} Mo d’archive, plus de {ZIP_MB}"),
        (line["ratio_a_appels_egaux"]["mediane"] <= BARE_RATIO,
         f"{line['ratio_a_appels_egaux']['mediane']} fois une fonction nue à appels égaux, plus de {BARE_RATIO}"),
        (line["python_cpu"]["mediane"] >= PYTHON_CPU,
         f"{line['python_cpu']['mediane']} fois moins de processeur que Python, moins de {PYTHON_CPU}"),
        (line["python_rss"]["mediane"] >= PYTHON_RSS,
         f"{line['python_rss']['mediane']} fois moins de mémoire que Python, moins de {PYTHON_RSS}"),
    )
    return [f"{line['nom']} : {said}" for holds, said in held if not holds]


def show(lines, violations):
    """The table, for whoever looks on."""
    print(f"\n{'':16}{'init':>8}{'écriture':>10}{'lot':>8}{'mémoire':>10}{'archive':>10}{'× nue':>8}{'× appels égaux':>16}")
    for line in lines:
        bare, equal = line.get("ratio_minimal", {}), line.get("ratio_a_appels_egaux", {})
        cells = (line["cpu_init_ms"], line["cpu_ms"], line["cpu_lot_ms"], line["rss_mo"], line.get("zip_mo"),
                 bare.get("mediane"), equal.get("mediane"))
        widths = (8, 10, 8, 10, 10, 8, 16)
        print(f"{line['nom']:16}" + "".join(f"{'' if it is None else it:>{w}}" for it, w in zip(cells, widths)))
    print("processeur en ms jusqu’au premier /next, à la première écriture, à la réponse ; mémoire et archive en Mo\n")
    for violation in violations:
        print(violation)


def progress(done, planned):
    """How far the campaign is, on a terminal only."""
    if os.isatty(2):
        print(f"\rdemarrages : {done}/{planned} tours", end="\n" if done == planned else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
