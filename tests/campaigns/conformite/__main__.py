"""The campaign `conformite`: what we rely on from AWS, tried case by case, with the same code, on each emulator."""

import argparse
import json
import random
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

import documents  # noqa: F401 — importing a module registers its cases
import indexes  # noqa: F401
import queues  # noqa: F401
import reads  # noqa: F401
import transactions  # noqa: F401
import triggers  # noqa: F401
import writes  # noqa: F401
from emulators import ROOT, Dynoxide, Ministack, Place, create_tables
from registry import CASES, Divergence

KNOWN = Path(__file__).with_name("ecarts.toml")
AT_ONCE = 8
MARKS = {"conforme": "✓", "ecart": "≠", "echec": "✗", "sans_objet": "·", "omis": "…"}
WORDS = {"conforme": "conforme", "ecart": "écart connu", "echec": "échec", "sans_objet": "sans objet",
         "omis": "omis par --court"}


def options():
    parser = argparse.ArgumentParser(prog="tests/campagne conformite")
    parser.add_argument("--court", action="store_true", help="sans les cas lents de ministack")
    parser.add_argument("--graine", type=int, default=1, help="l’ordre des cas, qui ne doit rien changer")
    parser.add_argument("--executions", type=int, default=1, help="combien de fois chaque cas est essayé")
    parser.add_argument("--programmes", type=Path, default=ROOT / "target/release",
                        help="où est le programme qui sert la base embarquée")
    return parser.parse_args()


def known_gaps():
    """The gaps we know: (emulator, case) → why it does not matter to us. Each entry must say everything."""
    gaps = {}
    for gap in tomllib.loads(KNOWN.read_text())["ecart"]:
        missing = {"emulateur", "cas", "aws", "emule", "source", "evite"} - set(gap)
        if missing:
            raise SystemExit(f"{KNOWN.name} : il manque {sorted(missing)} à {gap}")
        gaps[gap["emulateur"], gap["cas"]] = gap
    unknown = {name for _, name in gaps} - {case.name for case in CASES}
    if unknown:
        raise SystemExit(f"{KNOWN.name} : cas inconnus, {sorted(unknown)}")
    return gaps


def attempt(case, place):
    """What diverges, in French; nothing when the rule holds."""
    try:
        case.run(place)
    except Divergence as divergence:
        return str(divergence)
    except ClientError as error:
        return f"refusé à tort : {error.response['Error']['Code']}, {error.response['Error']['Message']}"
    except (BotoCoreError, LookupError, TypeError, ValueError) as error:
        return f"réponse illisible : {type(error).__name__}, {error}"
    return None


def verdict(divergence, known):
    if divergence is None:
        return ("echec", "l’écart a disparu : il faut le retirer de la liste") if known else ("conforme", None)
    return ("ecart" if known else "echec", divergence)


class Campaign:
    """The cases under way, and what each became on each emulator."""

    def __init__(self, asked):
        self.asked = asked
        self.gaps = known_gaps()
        self.lines = {case.name: {"cas": case.name, "regle": case.rule, "page": case.page} for case in CASES}
        self.tried = []

    def on(self, kind):
        """Tries every case on one emulator."""
        emulator = kind(self.asked.programmes) if kind is Dynoxide else kind()
        try:
            # Opened here: opening one is the only thing that cases could not do at once.
            clients = {service: emulator.client(service) for service in kind.services}
            create_tables(clients["dynamodb"])
            for turn in range(self.asked.executions):
                order = random.Random(self.asked.graine + turn).sample(CASES, len(CASES))
                order.sort(key=lambda case: not case.slow)
                with ThreadPoolExecutor(AT_ONCE) as pool:
                    done = pool.map(lambda case: self._one(emulator, clients, case, turn), order)
                    for number, _ in enumerate(done):
                        self._progress(kind.name, number + 1, len(order))
        finally:
            emulator.stop()
            self._progress(None, 0, 0)

    def _one(self, emulator, clients, case, turn):
        line = self.lines[case.name]
        scope = f"{case.name}-{turn}".replace("_", "-")
        if case.service not in emulator.services:
            line[emulator.name] = "sans_objet"
        elif case.slow and self.asked.court and emulator.name == "ministack":
            line[emulator.name] = "omis"
        else:
            divergence = attempt(case, Place(emulator, clients, scope))
            result, why = verdict(divergence, self.gaps.get((emulator.name, case.name)))
            self.tried.append(case.name)
            if line.get(emulator.name) != "echec":  # of several turns, a failure stays
                line[emulator.name] = result
                if why:
                    line[f"{emulator.name}_detail"] = why

    def _progress(self, name, done, total):
        if sys.stdout.isatty():
            text = f"{name} {done}/{total}" if name else ""
            print(f"\r\033[K{text}", end="", flush=True)

    def table(self, names):
        """One line per rule, one column per emulator."""
        print("".join(f"{name:<11}" for name in names) + "règle")
        for case in CASES:
            line = self.lines[case.name]
            print("".join(f"{MARKS[line[name]]:<11}" for name in names) + f"{case.rule}")
            for name in names:
                if why := line.get(f"{name}_detail"):
                    print(f"{'':<22}  {name}, {WORDS[line[name]]} : {why}")
        print("  ".join(f"{MARKS[key]} {WORDS[key]}" for key in MARKS))

    def count(self, name):
        found = [line[name] for line in self.lines.values()]
        return {key: found.count(key) for key in MARKS}


def main():
    asked = options()
    started = time.monotonic()
    campaign = Campaign(asked)
    kinds = (Dynoxide, Ministack)
    for kind in kinds:
        campaign.on(kind)
    names = [kind.name for kind in kinds]
    campaign.table(names)
    counts = {name: campaign.count(name) for name in names}
    failures = sum(count["echec"] for count in counts.values())
    print(json.dumps({
        "campagne": "conformite", "executions": len(campaign.tried), "violations": failures,
        "graines_en_echec": [asked.graine] if failures else [], "secondes": round(time.monotonic() - started, 1),
        "emulateurs": counts, "lignes": list(campaign.lines.values()),
    }, ensure_ascii=False))
    return 1 if failures else 0


sys.exit(main())
