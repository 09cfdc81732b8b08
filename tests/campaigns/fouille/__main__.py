"""The campaign `fouille`: both readers of files, fuzzed with the coverage of their code as guide.

Each program of `src/bin` first reads the inputs that are kept (`graines/`) and those of the readers' own tests, then
as many others as asked, which libFuzzer makes out of them. Everything new stays under `target/fouille`.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
BUILT = ROOT / "target/fouille"
KEPT = HERE / "graines"
TESTED = ROOT / "shared/files/corpus"

# Each program: its tests' own files, the longest input that the fuzzer makes, and the longest that is kept.
TARGETS = {
    "flux": (TESTED / "flow", 12_000, 12_000),
    "liste_csv": (TESTED / "list", 4_096, 4_096),
    "liste_xlsx": (TESTED / "list", 12_000, 12_000),
    "liste_xlsx_parties": (None, 8_192, 3_000),
}
SHORT, LONG = 1_500, 200_000
# Seconds after which an input never seems to end: the longest takes two, on a machine that has nothing else to do.
PATIENCE = 120

STATUS = re.compile(r"^#(\d+)\s+(\w+)\s+cov: (\d+) ft: (\d+)(?: corp: (\d+)/(\S+))?", re.M)


def options():
    parser = argparse.ArgumentParser(prog="tests/campagne fouille")
    parser.add_argument("--court", action="store_true", help=f"{SHORT} exécutions de chaque programme")
    parser.add_argument("--graine", type=int, default=1, help="la graine des tirages")
    parser.add_argument("--executions", type=int, help=f"exécutions de chaque programme ({LONG} sinon)")
    parser.add_argument("--seul", choices=TARGETS, action="append", help="ce programme seulement")
    parser.add_argument("--garder", action="store_true",
                        help="réunit ce qui a été trouvé aux entrées gardées, réduites à ce qui atteint du code")
    return parser.parse_args()


def give_up(why):
    raise SystemExit(f"tests/campagne fouille : {why}")


def check_locks():
    """What is fuzzed is what is deployed: the same versions of the same libraries."""
    def packages(folder):
        locked = tomllib.loads((folder / "Cargo.lock").read_text())["package"]
        return {(it["name"], it["version"]) for it in locked}
    other = packages(HERE) - packages(ROOT) - {("fouille", "0.1.0")}
    if other := sorted(name for name, _ in other if name not in {"arbitrary", "libfuzzer-sys"}):
        give_up(f"ces bibliothèques n’y ont pas la version de l’espace de travail : {', '.join(other)}. Copiez "
                "Cargo.lock dans tests/campaigns/fouille, lancez-y « cargo check », et gardez ce qui en sort.")


def install_compiler():
    """libFuzzer is built from its sources, which are C++."""
    wanted = os.environ.get("CXX", "c++").split()[0]
    if shutil.which(wanted):
        return
    if wanted == "c++" and shutil.which("apt-get") and os.geteuid() == 0:
        print("installation de g++ par apt-get", file=sys.stderr)
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-qq", "-y", "g++"]):
            subprocess.run(command, check=False, stdout=sys.stderr)
        if shutil.which(wanted):
            return
    give_up(f"il faut un compilateur C++ ({wanted}) pour construire libFuzzer, et il n’a pas pu être installé. "
            "Installez-le (par exemple « apt-get install g++ »), puis recommencez.")


def build(names):
    """The fuzzed programs, by name."""
    # What the reader is made of is counted by `rustc-compte`.
    environment = {**os.environ, "RUSTC_WRAPPER": str(HERE / "rustc-compte"), "CARGO_TARGET_DIR": str(BUILT)}
    command = ["cargo", "build", "--quiet", "--locked", "--release", "--message-format=json-render-diagnostics",
               # A target is named so that what builds, and is not fuzzed, is not counted.
               "--target", "host-tuple"] + [it for name in names for it in ("--bin", name)]
    done = subprocess.run(command, cwd=HERE, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        give_up("les programmes fouillés ne se construisent pas (voir ci-dessus). Il faut le compilateur Rust de "
                "rust-toolchain.toml, un compilateur C++ et, la première fois, le réseau.")
    said = (json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))
    return {it["target"]["name"]: it["executable"] for it in said if it.get("executable")}


class Run:
    """One fuzzed program at work."""

    def __init__(self, name, program, asked):
        self.name, self.program, self.asked = name, program, asked
        self.executions = asked.executions or (SHORT if asked.court else LONG)
        self.found = BUILT / "trouve" / name
        self.failing = BUILT / "echecs" / name
        self.found.mkdir(parents=True, exist_ok=True)
        self.failing.mkdir(parents=True, exist_ok=True)
        self.kept = KEPT / name
        self.tested, self.longest, self.longest_kept = TARGETS[name]
        self.peak = 0

    def replay_and_fuzz(self):
        for path in self.found.iterdir():
            path.unlink()
        before = set(self.failing.iterdir())
        folders = [self.found, self.kept] + ([self.tested] if self.tested else [])
        inputs = sum(1 for folder in folders for _ in folder.iterdir())
        command = [self.program, f"-seed={self.asked.graine}", f"-runs={self.executions + inputs}",
                   f"-max_len={self.longest}", f"-dict={HERE / 'dictionnaires' / self.name}.dict",
                   f"-artifact_prefix={self.failing}/", f"-timeout={PATIENCE}", "-rss_limit_mb=1024",
                   f"-report_slow_units={PATIENCE}", "-reload=0",
                   "-print_final_stats=1", *map(str, folders)]
        started = time.monotonic()
        with open(BUILT / f"{self.name}.txt", "w+", errors="replace") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
            while process.poll() is None:
                self.peak = max(self.peak, resident(process.pid))
                time.sleep(0.2)
            log.seek(0)
            said = log.read()
        new = sorted(set(self.failing.iterdir()) - before)
        return self.row(said, process.returncode, new, time.monotonic() - started)

    def row(self, said, code, new, seconds):
        """What the fuzzer says of itself, as one row of the report."""
        steps = STATUS.findall(said)
        first = next((it for it in steps if it[1] == "INITED"), None)
        last = steps[-1] if steps else None
        measure = {name: int(value) for name, value in re.findall(r"^(?:stat|mesure)::(\w+):?\s+(\d+)", said, re.M)}
        wrong = re.findall(r"^(?:VIOLATION : .*|ERROR: libFuzzer: .*|==\d+== ?ERROR: libFuzzer: .*)", said, re.M)
        if code and not wrong:
            wrong = [f"le programme s’est arrêté ({code}) : {said[-400:].strip()}"]
        # A program that nothing counts would run as well, blind.
        if "INFO: Loaded 1 modules" not in said or not last or int(last[2]) < 500:
            wrong.append("rien n’est compté : le programme n’a pas été construit pour être fouillé")
        return {
            "cible": self.name,
            "executions": measure.get("number_of_executed_units") or int(last[0] if last else 0),
            "par_seconde": round(int(last[0]) / seconds) if last else 0,
            "entrees_gardees": sum(1 for _ in self.kept.iterdir()),
            "entrees": int(last[4] or 0) if last else 0,
            "aretes_au_depart": int(first[2]) if first else 0,
            "aretes": int(last[2]) if last else 0,
            "traits_au_depart": int(first[3]) if first else 0,
            "traits": int(last[3]) if last else 0,
            "memoire_de_lecture_mo": round(measure.get("octets_retenus", 0) / 1e6, 1),
            "memoire_du_processus_mo": round(self.peak / 1e6, 1),
            "paniques": sum("panique à" in it for it in wrong),
            "paniques_de_bibliotheques": measure.get("paniques_de_bibliotheques", 0),
            "secondes": round(seconds, 1),
            "violations": wrong[:5],
            "entrees_fautives": [str(path.relative_to(ROOT)) for path in new],
        }

    def keep(self):
        """Merges what was found into what is kept: of all, few small inputs that reach as much code. What found a
        defect stays."""
        merged = BUILT / "garde" / self.name
        shutil.rmtree(merged, ignore_errors=True)
        merged.mkdir(parents=True)
        subprocess.run([self.program, "-set_cover_merge=1", "-use_counters=0", f"-max_len={self.longest_kept}", f"-timeout={PATIENCE}", str(merged),
                        str(self.kept), str(self.found)], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        for path in self.kept.iterdir():
            if not path.name.startswith("defaut-"):
                path.unlink()
        shutil.copytree(merged, self.kept, dirs_exist_ok=True)


def resident(pid):
    """The most memory that a process ever held, in bytes, as Linux says it."""
    try:
        found = re.search(r"^VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.M)
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0


class Progress:
    """Says where each run is, on a terminal."""

    def __init__(self, runs):
        self.runs = runs
        self.over = threading.Event()

    def show(self):
        while not self.over.wait(1):
            if sys.stdout.isatty():
                print("\r\033[K" + " · ".join(map(self.place, self.runs)), end="", flush=True)
        if sys.stdout.isatty():
            print("\r\033[K", end="", flush=True)

    @staticmethod
    def place(run):
        log = BUILT / f"{run.name}.txt"
        steps = STATUS.findall(log.read_text(errors="replace")) if log.exists() else []
        return f"{run.name} {int(steps[-1][0]):,}".replace(",", " ") if steps else run.name


def main():
    asked = options()
    started = time.monotonic()
    names = asked.seul or list(TARGETS)
    check_locks()
    install_compiler()
    programs = build(names)
    built = time.monotonic() - started
    runs = [Run(name, programs[name], asked) for name in names]
    progress = Progress(runs)
    teller = threading.Thread(target=progress.show)
    teller.start()
    try:
        with ThreadPoolExecutor(max(1, min(len(runs), os.cpu_count() or 1))) as pool:
            rows = list(pool.map(Run.replay_and_fuzz, runs))
    finally:
        progress.over.set()
        teller.join()
    for row in rows:
        print(f"{row['cible']:<20} {row['executions']:>9} exécutions, {row['aretes_au_depart']} → {row['aretes']} "
              f"arêtes, {row['entrees']} entrées, {row['memoire_de_lecture_mo']} Mo retenus au plus")
        for wrong in row["violations"]:
            print(f"  {wrong}")
        for path in row["entrees_fautives"]:
            print(f"  entrée gardée : {path}")
    if asked.garder:
        for run in runs:
            run.keep()
    violations = sum(len(row["violations"]) for row in rows)
    print(json.dumps({
        "campagne": "fouille", "executions": sum(row["executions"] for row in rows), "violations": violations,
        "graines_en_echec": [asked.graine] if violations else [],
        "secondes": round(time.monotonic() - started, 1), "construction": round(built, 1), "lignes": rows,
    }, ensure_ascii=False))
    return 1 if violations else 0


sys.exit(main())
