"""Killed at random instants while a month of people comes in: the cohort ends, and the accounts are exact."""

import collections
import json
import os
import random
import subprocess

from conftest import BINARY, ROOT

SIZE = int(os.environ.get("SPIE_COHORTE", "1000"))
KILLS = int(os.environ.get("SPIE_ARRETS", "20"))


def test_a_cohort_survives_twenty_kills_at_random_instants(local):
    seed = int(os.environ.get("SPIE_GRAINE", random.SystemRandom().randrange(2**31)))
    print(f"graine={seed}")
    chance = random.Random(seed)
    local.start()
    cohort = subprocess.Popen(
        [BINARY, "cohorte", "--territoire", "77", "--taille", str(SIZE), "--graine", str(seed),
         "--adresse", local.address],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    kills = kill_until_it_ends(local, cohort, chance)
    output = cohort.stdout.read()
    assert cohort.returncode == 0, output[-3000:]
    assert kills >= KILLS, f"the cohort ended after {kills} kills only"

    counts = json.loads(output.strip().splitlines()[-1])
    fates = ["proposes", "affectes", "en_attente_de_place", "organisme_nomme", "contact_provisoire",
             "attente_france_travail", "lettres_mortes", "autres"]
    assert counts["total"] == SIZE and sum(counts[fate] for fate in fates) == SIZE, counts
    assert counts["lettres_mortes"] == 0 and counts["autres"] == 0, counts
    audit(local)


def kill_until_it_ends(local, cohort, chance):
    """Lets the cohort run for a random instant, kills the process, starts it again; until the cohort ends."""
    kills = 0
    while cohort.poll() is None:
        try:
            # Waiting for the cohort is the condition; the time-out only draws the instant of the kill.
            cohort.wait(timeout=chance.uniform(0.05, 4.0) if kills < KILLS else None)
        except subprocess.TimeoutExpired:
            local.kill()
            kills += 1
            local.start()
    return kills


def audit(local):
    """Everything that was promised, read from outside: the API, and what people were sent."""
    # Everything that still waits to leave is sent again and delivered, and what may not ring at night has its morning:
    # no more than three days have none.
    status, _, _ = local.request("POST", "/dev/horloge", {"avancer": "P4D"})
    assert status == 200
    token = local.token("responsable")
    dossiers = local.everything("/v1/dossiers", token)
    ids = [it["dossier"] for it in dossiers]
    assert len(ids) == len(set(ids)) and len(ids) >= SIZE

    held = collections.Counter()
    for summary in dossiers:
        shown = local.get(f"/v1/dossiers/{summary['dossier']}", token)
        if shown["etat"] == "affecte":
            assert shown["referent"] and not shown["provisoire"], shown["dossier"]
        if shown["referent"]:
            held[shown["referent"]["id"]] += 1
    for referent in local.get("/v1/referents", token)["elements"]:
        assert referent["actifs"] <= referent["capacite"], referent["id"]
        assert referent["actifs"] == held[referent["id"]], referent["id"]

    told = collections.Counter()
    for letter in (local.data / "documents" / "par-nom" / "envois").rglob("*.json"):
        message = json.loads(letter.read_text())
        told[(message["dossier"], message["cle"])] += 1
        if message["cle"].startswith("decision/"):
            told[(message["dossier"], "decision")] += 1
    assert told and max(told.values()) == 1, [key for key, times in told.items() if times > 1]
    received = {dossier for dossier, key in told if key == "recu"}
    assert received >= set(ids), "everybody was told that the application came in"

    queues = local.get("/dev/files")["files"]
    for queue in queues:
        assert queue["visibles"] == queue["en_vol"] == queue["morts"] == 0, queue
