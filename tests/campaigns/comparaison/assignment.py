"""The step that the peers do as the product does: a référent who has room, and the carnet told."""

import json
import os
import uuid
from datetime import UTC, datetime

import aws

FOLLOWS = uuid.UUID("6f5b7f0e-6f0a-5d0c-9a53-0c9b0a3d1c77")


class Full(Exception):
    """Nobody has room."""


class Assignment:
    """The step's pieces, over the clients of one process."""

    def __init__(self):
        self.store = aws.client("dynamodb")
        self.queues = aws.client("sqs")

    def read(self, message):
        """The dossier, as it is now."""
        key = {"pk": {"S": pk(message)}}
        return self.store.get_item(TableName=aws.table("dossiers"), Key=key, ConsistentRead=True)["Item"]

    def assign(self, message, dossier):
        """Gives the dossier a référent and takes the place, all or nothing. Raises `TransactionCanceledException`
        when the dossier or the place changed meanwhile."""
        referent = self._choose(message["territoire"])
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        held = {"M": {"referent": {"S": referent}, "depuis": {"S": now}}}
        became = {"M": {"code": {"S": "affecte"}, "referent": held}}
        self.store.transact_write_items(TransactItems=[
            {"Update": {
                "TableName": aws.table("dossiers"), "Key": {"pk": dossier["pk"]},
                "UpdateExpression": "SET etat = :etat, revision = revision + :one",
                "ConditionExpression": "revision = :seen",
                "ExpressionAttributeValues": {":etat": became, ":one": {"N": "1"}, ":seen": dossier["revision"]}}},
            {"Update": {
                "TableName": aws.table("referents"),
                "Key": {"pk": {"S": message["territoire"]}, "sk": {"S": referent}},
                "UpdateExpression": "SET actifs = actifs + :one",
                "ConditionExpression": "actifs < capacite",
                "ExpressionAttributeValues": {":one": {"N": "1"}}}}])

    def tell_the_carnet(self, message):
        """Sends the one message that follows. It bears both an id derived from its cause and a random one: the campaign
        counts what a consumer that knows only the one, or only the other, would have done twice."""
        body = {"type": "fr.spie.referent.affecte.v1", "subject": message["subject"],
                "derive": str(uuid.uuid5(FOLLOWS, message["id"])), "hasard": str(uuid.uuid4())}
        self.queues.send_message(QueueUrl=os.environ["QUEUE_CARNET"], MessageBody=json.dumps(body))

    def _choose(self, territory):
        """The référent with the most room."""
        found = self.store.query(
            TableName=aws.table("referents"), ConsistentRead=True, KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": territory}})["Items"]
        room = {item["sk"]["S"]: int(item["capacite"]["N"]) - int(item["actifs"]["N"]) for item in found}
        best = max(room, key=lambda name: (room[name], name), default=None)
        if best is None or room[best] <= 0:
            raise Full
        return best


def pk(message):
    return f"{message['territoire']}#{message['subject']}"


def state(dossier):
    return dossier["etat"]["M"]["code"]["S"]
