"""Who is measured: the eight functions, and what they are compared with."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).resolve().parent
BINARIES = ROOT / "target" / "bootstrap"
PYTHON = ROOT / ".outils" / "venv-powertools"

FUNCTIONS = ("intake", "triage", "assignment", "carnet", "reminders", "sweep", "professionals", "imports")
# Each with the same event as the function of the last column.
PEERS = (("nu", "bare"), ("nu_client", "bare_client"))
# The Python step writes what `carnet` writes, and is measured on the same batch.
PYTHON_STEP = "carnet"


@dataclass
class Contestant:
    """A command, what it is given, and what it must do with it."""

    name: str
    command: list
    event: object
    tables: dict
    documents: dict
    environment: dict
    measures: list = field(default_factory=list)

    def check(self, measure):
        """Refuses a start that did not do its work: the fastest function is the one that fails."""
        answer = json.loads(measure["reponse"])
        if isinstance(answer, dict) and answer.get("batchItemFailures"):
            raise SystemExit(f"demarrages : {self.name} n’a pas traité tout son lot : {answer}")
        if isinstance(answer, dict) and answer.get("statusCode", 200) >= 300:
            raise SystemExit(f"demarrages : {self.name} a refusé la requête : {answer}")
        if self.name != "nu" and measure["ecriture"] is None:
            raise SystemExit(f"demarrages : {self.name} n’a rien écrit")


def contestants(scenes, identity, services, runtime):
    """The eight functions, the bare peers and the Python one."""
    common = environment(identity, services, runtime)
    found = []
    for name in FUNCTIONS:
        scene = scenes[name]
        event = http_event(scene["appel"], identity) if "methode" in scene["appel"] else scene["appel"]
        found.append(Contestant(name, [str(BINARIES / name)], event, scene["tables"], scene["documents"], common))
    scene = scenes[PYTHON_STEP]
    for name, binary in PEERS:
        found.append(Contestant(name, [str(BINARIES / binary)], scene["appel"], {}, {}, common))
    found.append(Contestant(
        "python", [str(PYTHON / "bin" / "python"), str(HERE / "python_peer" / "bootstrap.py")],
        scene["appel"], {}, {}, {**common, "AWS_CA_BUNDLE": common["SSL_CERT_FILE"]}))
    return found


def at_equal_requests(function, scenes, common):
    """The bare client that asks as much as a function before its first write, over as many connections."""
    requests, connections = function.measures[0]["avant"]
    return Contestant(f"nu_client {requests}/{connections}", [str(BINARIES / "bare_client")],
                      scenes[PYTHON_STEP]["appel"], {}, {},
                      {**common, "READS": str(requests), "SERVICES": str(connections)})


def scenes(now):
    """What each function is called with, and the rows of its tables, as this version writes them."""
    made = subprocess.run([str(ROOT / "target" / "debug" / "scenes"), now], capture_output=True, text=True)
    if made.returncode:
        raise SystemExit(f"demarrages : les scènes n’ont pas pu être jouées\n{made.stderr}")
    return json.loads(made.stdout)


def environment(identity, services, runtime):
    """What Lambda gives a function, and the variables of the template."""
    queue = "https://sqs.eu-west-3.amazonaws.com/000000000000/spie-essai-{}"
    queues = {f"QUEUE_{it.upper()}": queue.format(it)
              for it in ("triage", "assignment", "carnet", "reminders", "sweep", "imports")}
    return {
        "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": ":UTC",
        "AWS_LAMBDA_RUNTIME_API": runtime.address, "AWS_LAMBDA_FUNCTION_NAME": "essai",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/essai", "AWS_LAMBDA_LOG_STREAM_NAME": "essai",
        "AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "INFO",
        "AWS_REGION": "eu-west-3", "AWS_DEFAULT_REGION": "eu-west-3", "AWS_ACCESS_KEY_ID": "ASIAESSAI",
        "AWS_SECRET_ACCESS_KEY": "essai", "AWS_SESSION_TOKEN": "essai" * 100,
        "HTTPS_PROXY": services.proxy, "SSL_CERT_FILE": str(identity.bundle),
        "TABLE_PREFIX": "spie-essai-", "TERRITOIRES": "77", "SERVICE_NOM": "Service insertion",
        "SERVICE_TELEPHONE": "01 99 00 77 00", "DOCUMENTS_BUCKET": "spie-essai-documents",
        "KMS_KEY_ID": "arn:aws:kms:eu-west-3:000000000000:key/00000000-0000-4000-8000-000000000000",
        "JWT_ISSUER": "https://connexion.exemple.fr", "JWT_AUDIENCE": "spie",
        "JWKS_URL": "https://connexion.exemple.fr/jwks.json", **queues,
    }


def http_event(request, identity):
    """A request as the HTTP API hands it to a function, payload 2.0; signed when a professional makes it."""
    headers = {"content-type": "application/json", "idempotency-key": request["cle"], "host": "essai.exemple.fr"}
    if "version" in request:
        headers |= {"authorization": f"Bearer {identity.token()}", "if-match": f'"{request["version"]}"'}
    http = {"method": request["methode"], "path": request["chemin"], "protocol": "HTTP/1.1",
            "sourceIp": "192.0.2.1", "userAgent": "campagne"}
    return {
        "version": "2.0", "routeKey": "$default", "rawPath": request["chemin"], "rawQueryString": "",
        "headers": headers, "body": json.dumps(request["corps"]), "isBase64Encoded": False,
        "requestContext": {
            "accountId": "000000000000", "apiId": "essai", "domainName": "essai.exemple.fr", "domainPrefix": "essai",
            "http": http, "requestId": "essai", "routeKey": "$default", "stage": "$default",
            "time": "02/Mar/2026:09:00:00 +0000", "timeEpoch": 1772442000000},
    }


def python_is_there():
    """The interpreter of the Python peer, which `tests/outils venv-powertools` installs."""
    if not (PYTHON / "bin" / "python").exists():
        sys.exit("demarrages : lancez d’abord tests/outils venv-powertools")
