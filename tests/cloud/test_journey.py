"""One whole journey on the emulated cloud, by the functions that are really deployed.

The binaries are those of `cargo build` (`target/debug/<function>`); `BOOTSTRAPS` names another
directory, holding `<function>` or `<function>/bootstrap`.
"""

import datetime
import json
import os
import random
import re
import urllib.parse
import zlib
import zoneinfo
from pathlib import Path

import pytest

from deploy import FUNCTIONS, PREFIX, QUEUES, Cloud
from emulator import wait_for
from expand import ROOT
from issuer import Issuer

# What must never be readable outside the vault: each is unlike anything else in the suite.
PERSON = {
    "prenom": "Zéphyrine", "nom": "Quatrevaux-Lhuillier", "date_naissance": "1985-03-27",
    "telephone": "06 39 98 41 73", "courriel": "zq.lhuillier@exemple.fr",
    "numero_allocataire": "7305519",
    "adresse": {"voie": "48 sente des Bergeronnettes", "code_postal": "77000", "commune": "77288"},
}
WISH = "Je prends le car de sept heures à Samoreau."
CANARIES = ["Zéphyrine", "Zephyrine", "Quatrevaux", "Lhuillier", "zq.lhuillier", "39984173", "39 98 41 73",
            "7305519", "Bergeronnettes", "Samoreau", "1985-03-27"]

TABLES = ("dossiers", "personnes", "reponses", "acces", "referents", "carnets", "envois", "cadres",
          "balayages", "cles", "imports")

# Flows of the same fictional households, a month apart: `cargo run -p files --example forger_flux`.
FLOW = (Path(__file__).parent / "flux-77.xml").read_bytes()
NEXT_FLOW = (Path(__file__).parent / "flux-77-suivant.xml").read_bytes()
# What they are called, and the numbers that they never had.
FLOW_CANARIES = sorted({value.strip() for value in re.findall(r"<(?:NOM|NIR|NUMDEMRSA)>([^<]+)<", FLOW.decode("cp1252"))})


def bootstraps():
    """The deployed binaries, all of them or a clear refusal."""
    directory = Path(os.environ.get("BOOTSTRAPS", ROOT / "target" / "debug"))
    found = {}
    for name in FUNCTIONS:
        candidates = [directory / name / "bootstrap", directory / name]
        found[name] = next((path for path in candidates if path.is_file()), None)
    missing = [name for name, path in found.items() if path is None]
    assert not missing, f"no binary for {', '.join(missing)} under {directory}: run `cargo build --bins` first"
    return found


@pytest.fixture(scope="module")
def issuer():
    with Issuer() as running:
        yield running


@pytest.fixture(scope="module")
def cloud(issuer):
    with Cloud(bootstraps(), issuer.url) as running:
        yield running


class Agent:
    """A professional who calls the API, with a token and a fresh idempotency key for each request."""

    def __init__(self, cloud, issuer, sub, role):
        self._cloud, self._sub = cloud, sub
        self.token = issuer.token(sub=sub, role=role)
        self._keys = 0

    def call(self, method, path, body=None, etag=None, expect=200, key=None):
        self._keys += 1
        headers = {"Idempotency-Key": key or f"{self._sub}-{self._keys}"}
        if etag:
            headers["If-Match"] = etag
        status, received, content = self._cloud.http(method, path, body, self.token, headers)
        assert status == expect, (method, path, status, content)
        return received.get("etag"), content


@pytest.fixture(scope="module")
def admin(cloud, issuer):
    return Agent(cloud, issuer, "admin-1", "administration")


@pytest.fixture(scope="module")
def signer(cloud, issuer):
    return Agent(cloud, issuer, "agent-1", "orientation")


def somebody(key):
    """The person of the canaries, or for each key one that nobody else is."""
    letters = "".join(chr(ord("a") + byte % 26) for byte in key.encode())
    number = f"{zlib.crc32(key.encode()) % 10_000_000:07}"
    return PERSON if key == "cle-du-parcours" else {**PERSON, "nom": f"Quatrevaux-Lhuillier {letters}",
                                             "date_naissance": "1986-04-12", "numero_allocataire": number}


def apply(cloud, key, **changes):
    """Sends an application as anybody would, without a token."""
    body = {
        "territoire": "77", "canal": "web", "personne": somebody(key),
        "foyer": {"conjoint": False, "enfants": 0, "majore": False, "role": "demandeur"},
        "droit": {"statut": "declare", "droits_devoirs": True},
        "dsp": {"natlog": "0904"},  # a shelter: the published rules propose the social parcours
        "souhaits": {"commentaire": WISH},
        **changes,
    }
    return cloud.http("POST", "/v1/demandes", body, headers={"Idempotency-Key": key})


def reaches(agent, dossier, state):
    """Waits until the dossier is in this state, and returns it with its ETag."""
    def look():
        etag, shown = agent.call("GET", f"/v1/dossiers/{dossier}")
        return (etag, shown) if shown["etat"] == state else None
    return wait_for(f"the dossier is {state}", look)


@pytest.fixture(scope="module")
def journey(cloud, admin, signer):
    """The whole journey, once: what each of its steps answered, for the tests to judge."""
    admin.call("PUT", "/v1/referents/ref-1", {
        "nom": "Alix Fictif", "structure": "Maison départementale des solidarités de Melun",
        "organisme": "departement", "capacite": 60,
        "parcours": ["social", "socio_professionnel"], "communes": ["77288"]}, expect=201)
    admin.call("PUT", "/v1/delegations/agent-1", {
        "nom": "Dominique Fictif", "qualite": "responsable de l’unité d’orientation",
        "acte": "arrêté 2026-017", "du": "2026-01-01"})

    status, _, receipt = apply(cloud, "cle-du-parcours")
    assert status == 201, receipt
    dossier = receipt["dossier"]
    etag, proposed = reaches(signer, dossier, "a_orienter")
    _, proposition = signer.call("GET", f"/v1/dossiers/{dossier}/proposition")

    signature = {"parcours": proposition["parcours"], "organisme": proposition["organisme"]}
    _, refused = signer.call("POST", f"/v1/dossiers/{dossier}/orientation", signature, etag, expect=409)
    today = today_in_paris().isoformat()
    etag, confirmed = signer.call("POST", f"/v1/dossiers/{dossier}/droit", {
        "statut": "confirme", "date_ouverture": today, "date_reception": today}, etag)
    signature["commentaire"] = f"Vu à l’accueil. {WISH}"
    signer.call("POST", f"/v1/dossiers/{dossier}/orientation", signature, etag)
    etag, assigned = reaches(signer, dossier, "affecte")
    cloud.quiet()
    return {"dossier": dossier, "receipt": receipt, "proposed": proposed, "proposition": proposition,
            "refused": refused, "confirmed": confirmed, "assigned": assigned, "etag": etag}


def test_the_service_answers(cloud):
    assert cloud.http("GET", "/sante")[0] == 200
    assert cloud.http("GET", "/")[0] == 200
    assert cloud.http("GET", "/style.css")[0] == 200
    assert cloud.http("GET", "/algorithme")[0] == 200
    assert cloud.http("GET", "/v1/openapi.json")[2]["openapi"].startswith("3.1")


def test_an_application_is_proposed_a_parcours_that_is_explained(journey):
    assert journey["proposed"]["referent"] is None
    assert journey["proposition"]["parcours"] == "social"
    assert any(rule["resultat"] == "vraie" for rule in journey["proposition"]["regles"])
    assert journey["proposition"]["jeu"]["id"]


def test_nothing_is_signed_on_a_right_that_is_only_declared(journey):
    assert journey["refused"]["code"] == "droit_non_confirme"


def test_the_confirmed_right_starts_the_clock(journey):
    assert [clock["id"] for clock in journey["confirmed"]["horloges"]] == ["H1", "H3"]


def test_a_signed_orientation_names_a_referent(journey):
    assert journey["assigned"]["referent"]["id"] == "ref-1"
    assert journey["assigned"]["decision"]["par"]["nom"] == "Dominique Fictif"


def test_the_referent_holds_one_more_place(admin, journey):
    _, referent = admin.call("GET", "/v1/referents/ref-1")
    assert referent["actifs"] == 1


def test_the_carnet_says_what_happened(signer, journey):
    _, carnet = signer.call("GET", f"/v1/dossiers/{journey['dossier']}/carnet")
    assert sorted(entry["nature"] for entry in carnet["elements"]) == ["orientation", "referent"]


def test_an_agent_adds_to_the_carnet_once(signer, journey):
    entry = {"rubrique": "projet", "texte": f"Souhaite se former. {WISH}"}
    path = f"/v1/dossiers/{journey['dossier']}/carnet"
    _, first = signer.call("POST", f"{path}/entrees", entry, expect=201, key="une-entree")
    _, again = signer.call("POST", f"{path}/entrees", entry, expect=201, key="une-entree")
    assert first == again
    _, carnet = signer.call("GET", path)
    assert sum(entry["nature"] == "texte" for entry in carnet["elements"]) == 1


def form(cloud, path, fields, **headers):
    """Sends a form as a browser does from one of our own pages."""
    sent = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://{cloud.host}", **headers}
    return cloud.http("POST", path, urllib.parse.urlencode(fields), headers=sent)


def test_the_person_finds_their_dossier_with_their_code_and_birth_date(cloud, journey):
    fields = {"code": journey["receipt"]["suivi"],
              "naissance_jour": "27", "naissance_mois": "3", "naissance_annee": "1985"}
    status, _, page = form(cloud, "/suivi", fields)
    assert status == 200 and journey["receipt"]["reference"] in page and "Alix Fictif" in page
    status, _, page = form(cloud, "/suivi", {**fields, "naissance_annee": "1986"})
    assert status == 422 and journey["receipt"]["reference"] not in page
    assert form(cloud, "/suivi", fields, Origin="https://ailleurs.exemple")[0] == 403


def test_an_agent_signs_in_and_opens_a_dossier_in_the_pages(cloud, signer, journey):
    path = f"/pro/dossiers/{journey['dossier']}"
    status, received, _ = cloud.http("GET", path)
    assert (status, received["location"]) == (303, "/pro/connexion")
    status, received, _ = form(cloud, "/pro/connexion", {"jeton": signer.token})
    assert (status, received["location"]) == (303, "/pro")
    cookie = received["set-cookie"].split(";")[0]
    status, _, page = cloud.http("GET", path, headers={"Cookie": cookie})
    assert status == 200 and PERSON["nom"] in page
    assert cloud.http("GET", "/pro", headers={"Cookie": cookie})[0] == 200


def test_the_lists_hold_the_dossier(signer, admin, journey):
    def ids(path):
        return [entry["dossier"] for entry in signer.call("GET", path)[1]["elements"]]
    assert journey["dossier"] in ids("/v1/dossiers")
    assert journey["dossier"] in ids("/v1/dossiers?referent=ref-1")
    assert journey["dossier"] not in ids("/v1/non_orientes")
    assert [r["id"] for r in signer.call("GET", "/v1/referents")[1]["elements"]] == ["ref-1"]
    assert [d["agent"] for d in admin.call("GET", "/v1/delegations")[1]["elements"]] == ["agent-1"]


def test_the_letters_are_among_the_documents(cloud, journey):
    letters = {key: body for key, body in cloud.documents().items()
               if key.startswith(f"envois/77/{journey['dossier']}/")}
    # The receipt, then the decision; by night the receipt, which would ring, waits for the morning.
    waiting = [row for row in cloud.rows("envois") if row["pk"]["S"] == "77#attente" and journey["dossier"] in row["sk"]["S"]]
    assert len(letters) + len(waiting) >= 2
    assert any("Alix Fictif" in body.decode() for body in letters.values())


def test_the_same_application_under_the_same_key_opens_one_dossier(cloud, journey):
    status, _, receipt = apply(cloud, "cle-du-parcours")
    assert (status, receipt) == (201, journey["receipt"])
    assert apply(cloud, "cle-du-parcours", dsp={"natlog": "0901"})[0] == 422


def test_another_application_of_the_same_person_joins_their_dossier(cloud, signer, journey):
    before = {row["pk"]["S"] for row in cloud.rows("dossiers")}
    for _ in range(2):
        status, _, receipt = apply(cloud, "encore-moi", personne=PERSON, dsp={"natlog": "0901"})
        assert (status, receipt["dossier"]) == (201, journey["dossier"])
    assert {row["pk"]["S"] for row in cloud.rows("dossiers")} == before
    # Whoever wrote this knows the telephone of somebody; they may not be that person, and are told little.
    assert receipt["suivi"] != journey["receipt"]["suivi"]
    fields = {"code": receipt["suivi"], "naissance_jour": "27", "naissance_mois": "3", "naissance_annee": "1985"}
    status, _, page = form(cloud, "/suivi", fields)
    assert status == 200 and "Votre demande est arrivée" in page and "Alix Fictif" not in page


def test_two_dossiers_that_look_alike_are_merged_by_an_agent_and_parted(cloud, signer, journey):
    ids = []
    for key, told in (("deux-fois-1", {"telephone": "06 39 98 00 11"}),
                      ("deux-fois-2", {"telephone": "06 39 98 00 22", "numero_allocataire": "7654321"})):
        names = ("prenom", "nom", "date_naissance", "adresse")
        person = {**{name: somebody("deux-fois")[name] for name in names}, **told}
        status, _, receipt = apply(cloud, key, personne=person)
        assert status == 201, receipt
        ids.append(receipt["dossier"])
        reaches(signer, receipt["dossier"], "a_orienter")
    kept, other = ids
    assert kept != other
    path = f"/v1/dossiers/{other}"
    alike = signer.call("GET", f"{path}/ressemblances")[1]
    assert [it["dossier"] for it in alike["elements"]] == [kept]

    etag, _ = reaches(signer, other, "a_orienter")
    merged = signer.call("POST", f"{path}/reunion", {"avec": kept}, etag)[1]
    assert (merged["etat"], merged["fin"]["avec"]) == ("clos", kept)
    cloud.quiet()
    etag, _ = reaches(signer, other, "clos")
    signer.call("POST", f"{path}/separation", {"avec": kept}, etag)
    reaches(signer, other, "a_orienter")
    done = signer.call("GET", f"/v1/dossiers/{kept}/ressemblances")[1]
    assert [it["defaite_par"] for it in done["reunions"]] == ["agent-1"]
    cloud.quiet()


def today_in_paris():
    """The day that the functions live in: a month ends there an hour or two before it ends in UTC."""
    return datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Paris")).date()


def snapshot(cloud):
    """Everything that lasts: the rows of every table, the documents. A request's key is remembered, and is no effect."""
    rows = {table: sorted(json.dumps(row, sort_keys=True) for row in cloud.rows(table)
                          if not row.get("sk", {}).get("S", "").startswith("cle#")) for table in TABLES}
    return rows, cloud.documents()


def changes(before, after, but=()):
    """What differs between two snapshots, value by value: a whole bucket tells nobody what went wrong. `but` names
    attributes that may."""
    def values(snap):
        rows, documents = snap
        told = {("document", key): body for key, body in documents.items()}
        for table in TABLES:
            for row in map(json.loads, rows[table]):
                named = (table, row["pk"]["S"], row.get("sk", {}).get("S"))
                told |= {(*named, attribute): value for attribute, value in row.items()}
        return told

    one, other = values(before), values(after)
    return [(name, one.get(name), other.get(name)) for name in sorted({*one, *other}, key=str)
            if one.get(name) != other.get(name) and name[-1] not in but]


@pytest.fixture(scope="module")
def flow(cloud, journey):
    """A flow, put in the bucket as the software of the département would: S3 tells the queue, the function reads."""
    before = {row["pk"]["S"] for row in cloud.rows("dossiers")}
    deposit(cloud, "depots/77/flux/flux du mois.xml", FLOW)
    imported = [row["import"]["M"] for row in cloud.rows("imports") if "import" in row]
    return {"opened": {row["pk"]["S"] for row in cloud.rows("dossiers")} - before, "import": imported[0]}


def deposit(cloud, key, body):
    """Puts a raw file, and waits until it was received and applied."""
    cloud.put(key, body)
    wait_for("the raw file is gone", lambda: key not in cloud.names())
    cloud.quiet()


def test_a_flow_put_in_the_bucket_opens_dossiers_and_is_deleted(signer, flow):
    counts = {name: int(count["N"]) for name, count in flow["import"]["bilan"]["M"].items()}
    assert (flow["import"]["etat"]["S"], flow["import"]["par"]["S"]) == ("termine", "depot:s3")
    assert len(flow["opened"]) == counts["crees"] > 0
    listed = {entry["dossier"] for entry in signer.call("GET", "/v1/dossiers?limite=100")[1]["elements"]}
    assert {pk.removeprefix("77#") for pk in flow["opened"]} <= listed


def test_the_same_flow_put_again_changes_nothing(cloud, flow):
    before = snapshot(cloud)
    deposit(cloud, "depots/77/flux/flux du mois.xml", FLOW)
    assert changes(before, snapshot(cloud)) == []
    # Under another name it is another import, without effect. On AWS it always is: there, an encrypted object has
    # another tag each time that it is put.
    deposit(cloud, "depots/77/flux/encore.xml", FLOW)
    after = snapshot(cloud)[0]
    assert {table for table in TABLES if before[0][table] != after[table]} == {"imports"}


def test_the_flow_of_the_next_month_is_told_to_those_who_are_known_and_opens_nobody_twice(cloud, flow):
    before = {row["pk"]["S"]: row for row in cloud.rows("dossiers")}
    deposit(cloud, "depots/77/flux/mois suivant.xml", NEXT_FLOW)
    after = {row["pk"]["S"]: row for row in cloud.rows("dossiers")}
    imports = [row["import"]["M"] for row in cloud.rows("imports") if "import" in row]
    counts = max(imports, key=lambda it: it["le"]["S"])["bilan"]["M"]
    assert set(before) <= set(after) and len(after) - len(before) == int(counts["crees"]["N"])
    assert any(before[pk] != after[pk] for pk in flow["opened"])  # as of when they are known, at least


def test_a_file_that_is_no_flow_is_refused_and_nothing_is_written(cloud, flow):
    before = snapshot(cloud)[0]
    deposit(cloud, "depots/77/flux/ordures.xml", random.Random(77).randbytes(20_000))
    after = snapshot(cloud)[0]
    assert {table for table in TABLES if before[table] != after[table]} == {"imports"}
    (refused,) = [row["import"]["M"] for row in cloud.rows("imports")
                  if row.get("import", {}).get("M", {}).get("etat", {}).get("S") == "refuse"]
    assert refused["prive"]["S"]  # the reason is sealed, with the name


def test_every_message_delivered_again_late_and_out_of_order_changes_nothing(cloud, journey, flow):
    cloud.quiet()
    before = snapshot(cloud)
    sent = cloud.sent()
    assert all(sent[queue] for queue in ("triage", "assignment", "carnet", "reminders", "imports")), sent
    shuffled = random.Random(77)
    for queue, bodies in sent.items():
        again = [body for body in bodies for _ in range(3)]
        shuffled.shuffle(again)
        for start in range(0, len(again), 10):
            cloud.send(queue, *again[start:start + 10])
    cloud.quiet()
    assert changes(before, snapshot(cloud)) == []
    assert not any(cloud.depth(f"{queue}-morts") for queue in QUEUES)


def test_a_poison_message_dies_alone_while_its_nine_neighbours_are_treated(cloud, signer):
    with cloud.hurried_redelivery():
        with cloud.held("triage"):
            receipts = [apply(cloud, f"voisin-{n}")[2] for n in range(9)]
            cloud.send("triage", f'{{"poison": "{WISH}"}}')
            assert cloud.depth("triage") == 10
        for receipt in receipts:
            reaches(signer, receipt["dossier"], "a_orienter")
        wait_for("the poison is dead", lambda: cloud.depth("triage-morts") == 1)
    cloud.quiet()
    assert cloud.depth("triage-morts") == 1


def test_a_file_of_another_territory_is_kept_and_its_notice_dies(cloud, flow):
    key = "depots/93/flux/flux.xml"
    with cloud.hurried_redelivery():
        cloud.put(key, FLOW)
        wait_for("the notice is dead", lambda: cloud.depth("imports-morts") == 1)
    assert cloud.documents()[key] == FLOW


def test_a_bad_token_is_refused(cloud, issuer, journey):
    path = f"/v1/dossiers/{journey['dossier']}"
    with Issuer() as other:
        forged = other.token(iss=issuer.url)
    for token in (None, "n.importe.quoi", forged, issuer.token(exp=1), issuer.token(aud="autre")):
        assert cloud.http("GET", path, token=token)[0] == 401, token
    # The public route takes no token, but a token that is there must be good.
    body = {"territoire": "77"}
    assert cloud.http("POST", "/v1/demandes", body, token=forged, headers={"Idempotency-Key": "x"})[0] == 401


def test_a_role_that_does_not_allow_it_is_refused(cloud, issuer, journey):
    dossier = f"/v1/dossiers/{journey['dossier']}"
    for token in (issuer.token(role=None), issuer.token(role="inconnu")):
        assert cloud.http("GET", dossier, token=token)[0] == 403
    referent = issuer.token(sub="ref-1", role="referent")
    status, _, problem = cloud.http("POST", f"{dossier}/orientation", {"parcours": "social", "organisme": "departement"},
                                    referent, {"Idempotency-Key": "r", "If-Match": journey["etag"]})
    assert (status, problem["code"]) == (403, "role_insuffisant")
    assert cloud.http("PUT", "/v1/delegations/ref-1", {"nom": "x", "qualite": "x", "acte": "x", "du": "2026-01-01"},
                      referent)[0] == 403


def test_another_territory_sees_nothing(cloud, issuer, journey):
    foreign = issuer.token(territoire="93")
    assert cloud.http("GET", f"/v1/dossiers/{journey['dossier']}", token=foreign)[0] in (403, 404)


def at_the_counter(signer, key, received_days_ago):
    """An agent keys in an application whose right is already confirmed, and has waited since."""
    received = (today_in_paris() - datetime.timedelta(days=received_days_ago)).isoformat()
    _, receipt = signer.call("POST", "/v1/demandes", {
        "territoire": "77", "canal": "guichet", "personne": somebody(key), "foyer": {"conjoint": False, "enfants": 0},
        "droit": {"statut": "confirme", "date_ouverture": received, "date_reception": received},
        "dsp": {"natlog": "0904"}}, expect=201, key=key)
    reaches(signer, receipt["dossier"], "a_orienter")
    return receipt["dossier"]


def test_those_left_waiting_get_somebody_to_call_once(cloud, signer, journey):
    late = at_the_counter(signer, "en-retard", 36)  # past the target, not the law's delay
    later = at_the_counter(signer, "hors-delai", 45)
    cloud.ring("controle")
    cloud.quiet()
    for dossier, state in ((late, "a_orienter"), (later, "attente_france_travail")):
        _, shown = signer.call("GET", f"/v1/dossiers/{dossier}")
        assert (shown["etat"], shown["provisoire"]) == (state, True)
        assert shown["referent"]["id"] == "ref-1"
        assert dossier in [d["dossier"] for d in signer.call("GET", "/v1/non_orientes")[1]["elements"]]
    before = snapshot(cloud)
    cloud.ring("controle")
    cloud.quiet()
    # The triage and the assignment may have written the same dossier at once: what one of them had sent then stays in the
    # outbox for the relay, and the hint of the index is early. A check that finds nothing due there puts it right.
    assert changes(before, snapshot(cloud), but=("file_sk",)) == []


def test_a_message_lost_on_the_way_is_sent_again_by_the_relay(cloud, signer):
    with cloud.held("triage"):
        dossier = apply(cloud, "message-perdu")[2]["dossier"]
        cloud.lose("triage")
        cloud.ring("relais")
        assert cloud.depth("triage") == 0  # it may still be on its way
        cloud.age_outbox(f"77#{dossier}", "triage#1", minutes=10)
        cloud.ring("relais")
        assert cloud.depth("triage") == 1
    reaches(signer, dossier, "a_orienter")


def traces(cloud, dossier):
    """Where a dossier's name is found: the tables, and the documents."""
    tables = {table for table in TABLES for row in cloud.rows(table) if dossier in json.dumps(row)}
    return tables | {key for key in cloud.documents() if dossier in key}


def test_an_erased_dossier_leaves_a_tombstone_and_nothing_else(cloud, issuer, signer, journey):
    dossier = at_the_counter(signer, "a-effacer", 36)
    cloud.ring("controle")  # somebody to call: a place is held
    cloud.quiet()
    signer.call("POST", f"/v1/dossiers/{dossier}/carnet/entrees", {"rubrique": "projet", "texte": WISH}, expect=201)
    head = Agent(cloud, issuer, "responsable-2", "responsable")
    held = signer.call("GET", "/v1/referents/ref-1")[1]["actifs"]
    assert {"personnes", "reponses", "acces", "carnets", "envois", "cles"} <= traces(cloud, dossier)
    etag, _ = head.call("GET", f"/v1/dossiers/{dossier}")
    path, body = f"/v1/dossiers/{dossier}/effacement", {"motif": "demande_personne"}
    answer = head.call("POST", path, body, etag, key="effacer")[1]
    assert answer == {"dossier": dossier, "etat": "efface"}
    assert signer.call("GET", "/v1/referents/ref-1")[1]["actifs"] == held - 1
    for minutes in (10, 70, 70):  # the first pass, the last one, and the one that finds nothing
        cloud.age_tombstone(f"77#{dossier}", minutes)
        cloud.ring("relais")
    cloud.quiet()
    assert traces(cloud, dossier) == {"dossiers", "cles"}
    before = snapshot(cloud)
    cloud.ring("relais")
    assert changes(before, snapshot(cloud)) == []
    assert head.call("POST", path, body, etag, key="effacer")[1] == answer
    signer.call("GET", f"/v1/dossiers/{dossier}", expect=410)


def test_the_schedules_run_and_find_nothing_to_do(cloud, journey):
    cloud.quiet()
    for schedule in ("controle", "fichiers", "relais"):
        before = snapshot(cloud)
        cloud.ring(schedule)
        cloud.quiet()
        assert changes(before, snapshot(cloud)) == [], schedule


def test_a_sweep_runs_once_a_month_and_leaves_its_report(cloud, issuer):
    head = Agent(cloud, issuer, "responsable-1", "responsable")
    month = today_in_paris().strftime("%Y-%m")

    def ended(run):
        return head.call("GET", f"/v1/balayages/{run}")[1]["etat"] == "termine"

    asked = {run: head.call("POST", "/v1/balayages", {"mois": month, "simulation": run != month}, expect=202)[1]
             for run in (f"simulation-{month}", month)}
    assert list(asked) == [run["id"] for run in asked.values()]
    for run in asked:
        wait_for(f"the sweep {run} has ended", lambda run=run: ended(run))
    cloud.quiet()
    before = snapshot(cloud)
    assert {f"balayages/77/{run}.json" for run in asked} <= set(before[1])
    head.call("POST", "/v1/balayages", {"mois": month, "simulation": False}, expect=202)
    cloud.ring("balayage")
    cloud.quiet()
    assert changes(before, snapshot(cloud)) == []


def test_no_personal_value_can_be_read_in_a_table(cloud, journey, flow):
    rows = {table: cloud.rows(table) for table in TABLES}
    assert all(rows[table] for table in ("dossiers", "personnes", "reponses", "carnets", "cles", "acces", "imports"))
    raw = json.dumps(rows, ensure_ascii=False)
    assert [canary for canary in CANARIES + FLOW_CANARIES if canary in raw] == []


def test_a_received_file_cannot_be_read_in_the_bucket(cloud, flow):
    kept = {key: body for key, body in cloud.documents().items() if key.startswith("imports/77/")}
    assert len(kept) > 1 and len(FLOW_CANARIES) > 10
    assert [(key, canary) for key, body in kept.items() for canary in FLOW_CANARIES if canary.encode() in body or canary.encode("cp1252") in body] == []


def test_no_personal_value_travels_on_a_queue(cloud, journey, flow):
    raw = json.dumps(cloud.sent(), ensure_ascii=False)
    assert [canary for canary in CANARIES + FLOW_CANARIES if canary in raw] == []


def test_no_personal_value_is_logged(cloud, journey, flow):
    logs = "".join(cloud.logs(name) for name in FUNCTIONS)
    assert '"route":"/v1/demandes"' in logs  # they are really read
    assert [(canary, line) for line in logs.splitlines() for canary in CANARIES + FLOW_CANARIES if canary in line] == []


def test_the_key_of_a_dossier_is_wrapped_by_kms(cloud, journey):
    calls = cloud.calls()
    wrapped = [parameters for name in FUNCTIONS for service, operation, parameters in calls[name]
               if (service, operation) == ("kms", "Encrypt")]
    assert len(wrapped) == 1  # one key for the territory, made once
    assert not any(service == "kms" for name in ("assignment", "carnet", "sweep") for service, *_ in calls[name])


# ── What the roles allow, against what was used ──────────────────────────────────────────────

# Allowed and not seen here, each for a case that this journey does not meet.
RESENT = "a message that a dead sender left is sent again by the next one"
FREED = "a place is freed"
FILES = "a professional gives a file, or looks at one"
SHARED = "a door leads to several dossiers"
ANSWERS = "the flow gives answers"
RECORDED = "a journey ends before its orientation is in the carnet"
SPARE = {
    "intake": {"dynamodb:GetItem reponses": "the same application, twice at once",
               "sqs:SendMessage assignment": RESENT, "sqs:SendMessage carnet": RESENT,
               "sqs:SendMessage reminders": "an immediate need is told at once",
               "dynamodb:UpdateItem dossiers": "the outbox is cleared of it"},
    "triage": {"sqs:SendMessage triage": RESENT, "sqs:SendMessage assignment": RESENT,
               "sqs:SendMessage carnet": RESENT},
    "assignment": {"sqs:SendMessage triage": RESENT, "sqs:SendMessage assignment": FREED},
    "sweep": {"sqs:SendMessage imports": "an import had stopped",
              "dynamodb:PutItem imports": "a file is old enough to be deleted",
              "dynamodb:DeleteItem imports": "an import is a year old",
              "sqs:SendMessage carnet": RESENT, "sqs:SendMessage sweep": "the first hour of a month's sweep",
              "dynamodb:PutItem cles": "an erasure dies before it has destroyed the key",
              "dynamodb:PutItem acces": SHARED},
    "professionals": {"sqs:SendMessage carnet": "the organism names its own référent",
                      "sqs:SendMessage reminders": "the organism names its own référent",
                      "sqs:SendMessage imports": FILES, "dynamodb:GetItem imports": FILES,
                      "dynamodb:Query imports": FILES, "dynamodb:PutItem imports": FILES,
                      "s3:GetObject": FILES, "s3:PutObject": FILES, "kms:Encrypt": "the first file of a new territory"},
    "imports": {"s3:ListBucket": "never asked: with it, S3 says of what is not there that it is not there",
                "kms:Encrypt": "the first file of a new territory",
                "dynamodb:Query acces": SHARED, "dynamodb:GetItem acces": SHARED,
                "dynamodb:GetItem personnes": "two files tell of somebody at once",
                "dynamodb:GetItem reponses": ANSWERS, "dynamodb:PutItem reponses": ANSWERS,
                "dynamodb:UpdateItem referents": FREED, "sqs:SendMessage assignment": FREED,
                "dynamodb:GetItem referents": "a list says who is accompanied already",
                "dynamodb:UpdateItem dossiers": RECORDED, "sqs:SendMessage carnet": RECORDED,
                "sqs:SendMessage reminders": RESENT},
}


def used(calls):
    """Calls as the permissions that they need."""
    needs = set()
    for service, operation, parameters in calls:
        if service == "dynamodb":
            needs |= {f"dynamodb:{verb} {table}" for verb, table in tables_of(operation, parameters)}
        elif service == "sqs" and operation in ("SendMessage", "SendMessageBatch"):
            needs.add(f"sqs:SendMessage {parameters['QueueUrl'].rsplit('/', 1)[-1].removeprefix(PREFIX)}")
        else:
            needs.add(f"{service}:{operation}")
    return needs


def tables_of(operation, parameters):
    if operation == "BatchGetItem":
        return {(operation, table.removeprefix(PREFIX)) for table in parameters["RequestItems"]}
    if operation == "TransactWriteItems":
        verbs = {"Put": "PutItem", "Update": "UpdateItem", "ConditionCheck": "ConditionCheckItem", "Delete": "DeleteItem"}
        return {(verbs[kind], request["TableName"].removeprefix(PREFIX))
                for item in parameters["TransactItems"] for kind, request in item.items()}
    table = parameters["TableName"].removeprefix(PREFIX)
    return {(operation, f"{table}/{parameters['IndexName']}" if "IndexName" in parameters else table)}


@pytest.fixture(scope="module")
def calls(cloud, journey, flow):
    return cloud.calls()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_role_allows_what_was_used_and_what_is_said_to_be_spare(calls, name):
    from test_template import ACCESS
    tables, queues, folders, keys = ACCESS[name]
    allowed = {f"dynamodb:{verb} {table}" for table, verbs in tables.items() for verb in verbs.split()}
    allowed |= {f"sqs:SendMessage {queue}" for queue in queues.split() if queue != "horaires-morts"}
    allowed |= {f"kms:{verb}" for verb in keys.split()}
    allowed |= {f"s3:{verb}" for verbs in folders.values() for verb in verbs.split()}
    seen = used(calls[name])
    assert seen <= allowed
    assert allowed - seen == set(SPARE.get(name, {}))


def test_no_error_was_logged_but_the_poison(cloud, journey):
    for name in FUNCTIONS:
        errors = [line for line in cloud.logs(name).splitlines() if re.search(r'"level":\s*"ERROR"', line)]
        assert all("dead letters" in line for line in errors), (name, errors)
        assert not errors or name in ("triage", "imports"), errors
