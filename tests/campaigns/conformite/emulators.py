"""The emulators that the cases are tried on, each started empty and gone at the end."""

import json
import subprocess
import sys
from pathlib import Path

import boto3
from botocore.config import Config

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/cloud"))

from emulator import REGION, Emulator  # noqa: E402


def _client(service, endpoint):
    """A client that neither tries again nor checks what it sends: the emulator's own answer is what is looked at."""
    return boto3.client(
        service, region_name=REGION, endpoint_url=endpoint,
        aws_access_key_id="test", aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1, "mode": "standard"}, parameter_validation=False,
                      max_pool_connections=32, s3={"addressing_style": "path"}),
    )


class Dynoxide:
    """The embedded store of the local mode and of the campaigns, served on the loopback."""

    name = "dynoxide"
    services = ("dynamodb",)

    def __init__(self, programs):
        self.process = subprocess.Popen([programs / "base"], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the store stopped with {self.process.wait()}")
        self.endpoint = json.loads(line)["adresse"]

    def client(self, service):
        return _client(service, self.endpoint)

    def stop(self):
        self.process.kill()
        self.process.wait()


class Ministack(Emulator):
    """The emulated AWS that the deployment is tested on."""

    name = "ministack"
    services = ("dynamodb", "sqs", "lambda", "s3", "kms")

    def client(self, service):
        return _client(service, self.endpoint)


class Place:
    """Where a case does its work: an emulator's clients and tables, and names that no other case uses."""

    def __init__(self, emulator, clients, scope):
        self.emulator = emulator
        self.scope = scope
        self._clients = clients

    def client(self, service):
        """The client of a service."""
        return self._clients[service]

    @property
    def db(self):
        return self.client("dynamodb")

    @property
    def sqs(self):
        return self.client("sqs")

    def key(self, name):
        """A partition key of this case alone."""
        return f"77#{self.scope}-{name}"


def create_tables(client):
    """The shapes of table that the product has: `dossiers` with its two indexes, `referents` with two keys."""
    text = [{"AttributeName": name, "AttributeType": "S"}
            for name in ("pk", "file_pk", "file_sk", "referent_pk", "referent_sk")]
    client.create_table(
        TableName="dossiers", BillingMode="PAY_PER_REQUEST", AttributeDefinitions=text,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[_index("file"), _index("referent")])
    client.create_table(
        TableName="referents", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        KeySchema=_keys("pk", "sk"))
    for table in ("dossiers", "referents"):
        client.get_waiter("table_exists").wait(TableName=table, WaiterConfig={"Delay": 1, "MaxAttempts": 20})


def _index(name):
    return {"IndexName": name, "KeySchema": _keys(f"{name}_pk", f"{name}_sk"),
            "Projection": {"ProjectionType": "KEYS_ONLY"}}


def _keys(partition, sort):
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]
