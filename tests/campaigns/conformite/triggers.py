"""A queue that feeds a Lambda function: what the function is given, and what comes back of a batch that fails in part."""

import io
import json
import zipfile

from queues import LONG, arn, depth, queue, redriven, send, until
from registry import LAMBDA_GUIDE, case, expect, same

PARTIAL = LAMBDA_GUIDE + "services-sqs-errorhandling.html"
EVENT = LAMBDA_GUIDE + "with-sqs.html"

# Tells a queue what it was given, then fails the messages that ask for it, or the whole batch. Those come back soon:
# the function frees them itself, as the queue hides them for longer than any start of the function can take.
FUNCTION = """
import json, os
import boto3

def handler(event, context):
    sqs = boto3.client("sqs", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
    sqs.send_message(QueueUrl=os.environ["TEMOIN"], MessageBody=json.dumps(event))
    whole = any(record["body"] == "tout" for record in event["Records"])
    failed = [record for record in event["Records"] if whole or record["body"] == "mauvais"]
    for record in failed:
        sqs.change_message_visibility(
            QueueUrl=os.environ["FILE"], ReceiptHandle=record["receiptHandle"], VisibilityTimeout=1)
    if whole:
        raise RuntimeError("le lot entier")
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in failed]}
"""


class Fed:
    """A function fed by a queue of its own, and what it says it was given."""

    def __init__(self, place, attempts):
        self.place = place
        self.url, self.dead = redriven(place, attempts, hidden=LONG)
        self.witness = queue(place, "temoin", VisibilityTimeout=LONG)
        self.events = []
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("index.py", FUNCTION)
        functions = place.client("lambda")
        functions.create_function(
            FunctionName=place.scope, Runtime="python3.11", Handler="index.handler", Timeout=60,
            Role="arn:aws:iam::000000000000:role/essai", Code={"ZipFile": packed.getvalue()},
            Environment={"Variables": {"TEMOIN": self.witness, "FILE": self.url,
                                       "AWS_ENDPOINT_URL": functions.meta.endpoint_url}})
        self.mapping = functions.create_event_source_mapping(
            FunctionName=place.scope, EventSourceArn=arn(place, self.url), BatchSize=10, Enabled=False,
            FunctionResponseTypes=["ReportBatchItemFailures"])["UUID"]

    def send(self, *bodies):
        """Sends messages together, and only then lets them come: they travel as one batch."""
        send(self.place, self.url, *bodies)
        self.place.client("lambda").update_event_source_mapping(UUID=self.mapping, Enabled=True)

    def close(self):
        functions = self.place.client("lambda")
        functions.delete_event_source_mapping(UUID=self.mapping)
        functions.delete_function(FunctionName=self.place.scope)

    def given(self):
        """The bodies of every batch so far, in the order in which they were given."""
        answer = self.place.sqs.receive_message(QueueUrl=self.witness, MaxNumberOfMessages=10)
        self.events += [json.loads(it["Body"]) for it in answer.get("Messages", [])]
        return [sorted(record["body"] for record in event["Records"]) for event in self.events]

    def empty(self):
        return depth(self.place, self.url) == 0


def fed(attempts):
    """Gives the case a function fed by a queue whose messages are tried this many times."""

    def around(function):
        def run(place):
            it = Fed(place, attempts)
            try:
                function(place, it)
            finally:
                it.close()

        run.__name__ = function.__name__
        return run

    return around


@case("la fonction reçoit des enregistrements de la forme documentée", service="lambda", page=EVENT, slow=True)
@fed(attempts=3)
def event_shape(place, it):
    it.send("bon")
    until(it.given, "la fonction n’est pas appelée")
    record = it.events[0]["Records"][0]
    wanted = {"messageId", "receiptHandle", "body", "attributes", "messageAttributes", "md5OfBody", "eventSource",
              "eventSourceARN", "awsRegion"}
    expect(wanted <= set(record), f"il manque {sorted(wanted - set(record))}")
    same(record["attributes"]["ApproximateReceiveCount"], "1", "la réception")
    same((record["eventSource"], record["eventSourceARN"]), ("aws:sqs", arn(place, it.url)), "la source")


@case("d’un lot qui échoue en partie, seuls les messages en échec reviennent, puis sont aux lettres mortes",
      service="lambda", page=PARTIAL, slow=True)
@fed(attempts=3)
def partial_failure(place, it):
    it.send("bon-1", "mauvais", "bon-2")
    until(lambda: depth(place, it.dead) == 1 and it.empty(), "le mauvais n’est pas aux lettres mortes")
    until(lambda: sum(batch.count("mauvais") for batch in it.given()) >= 2, "le mauvais n’est pas retenté")
    bodies = [body for batch in it.given() for body in batch]
    same((bodies.count("bon-1"), bodies.count("bon-2")), (1, 1), "les bons, une fois chacun")


@case("d’un lot dont la fonction échoue, tous les messages reviennent", service="lambda", page=PARTIAL, slow=True)
@fed(attempts=9)
def whole_failure(place, it):
    it.send("tout", "voisin")
    until(lambda: sum(batch.count("voisin") for batch in it.given()) >= 2, "le voisin ne revient pas")
    same(it.given()[0], ["tout", "voisin"], "le premier lot")
