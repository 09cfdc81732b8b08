"""Deploys the suite to the emulated AWS, as CloudFormation would to the real one.

The template is `infra/template.yaml`, expanded as the service would; the functions are real
`bootstrap` binaries, run as processes with the credentials of their own role, and what that role
does not allow is refused. What had to differ from AWS is in `adapt`, each with its reason.
"""

import contextlib
import hashlib
import http.client
import io
import json
import platform
import shutil
import subprocess
import tempfile
import time
import zipfile
from pathlib import Path

from emulator import REGION, Emulator, wait_for
from expand import expand, load

STAGE = "dev"
PREFIX = f"spie-{STAGE}-"
FUNCTIONS = ("intake", "triage", "assignment", "carnet", "reminders", "sweep", "professionals", "imports")
# In the order in which messages go through them: read one after the other, they hide none that moves on meanwhile.
QUEUES = ("sweep", "imports", "triage", "assignment", "carnet", "reminders")
PACKAGES = "deploiement"


def package(binary):
    """The zip Lambda expects: one executable named `bootstrap`, without its debug symbols."""
    binary = Path(binary)
    with tempfile.TemporaryDirectory() as scratch:
        stripped = Path(scratch) / "bootstrap"
        shutil.copy(binary, stripped)
        if stripped.read_bytes()[:4] == b"\x7fELF" and shutil.which("strip"):
            subprocess.run(["strip", stripped], check=True)
        entry = zipfile.ZipInfo("bootstrap", date_time=(2026, 1, 1, 0, 0, 0))
        entry.external_attr = 0o100755 << 16
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:  # stored: it travels from memory to memory
            archive.writestr(entry, stripped.read_bytes())
        return packed.getvalue()


def adapt(template):
    """Changes what the emulator cannot hold. Everything else is deployed as it is written."""
    # It speaks plain http, and so does the test's own token issuer.
    for name in ("JwtIssuer", "JwksUrl"):
        del template["Parameters"][name]["AllowedPattern"]
    for name in ("QueuesPolicy", "DocumentsBucketPolicy"):  # their only statement is "TLS only"
        del template["Resources"][name]
    policy = template["Resources"]["ImportsQueuePolicy"]["Properties"]["PolicyDocument"]
    policy["Statement"] = [s for s in policy["Statement"] if s["Sid"] != "TlsOnly"]
    # It asks for an action that IAM does not have: on AWS `SendMessage` is what batches need too.
    for resource in template["Resources"].values():
        for policy in resource["Properties"].get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                if statement["Action"] == "sqs:SendMessage":
                    statement["Action"] = ["sqs:SendMessage", "sqs:SendMessageBatch"]
    return template


class Cloud(Emulator):
    """An emulator with the stack deployed on it, and what the tests do to it."""

    def __init__(self, bootstraps, issuer):
        """`bootstraps` maps each function to its binary; `issuer` signs the professionals' tokens."""
        super().__init__(roles=True)
        try:
            self._deploy(bootstraps, {
                "Stage": STAGE,
                "Architecture": "arm64" if platform.machine() == "aarch64" else "x86_64",
                "ServiceNom": "Service insertion",
                "ServiceTelephone": "01 64 14 77 77",
                "JwtIssuer": issuer,
                "JwtAudience": "spie",
                "JwksUrl": f"{issuer}/.well-known/jwks.json",
            })
        except BaseException:
            self.stop()
            raise

    def _deploy(self, bootstraps, parameters):
        s3 = self.client("s3")
        s3.create_bucket(Bucket=PACKAGES, CreateBucketConfiguration={"LocationConstraint": REGION})
        for name, binary in bootstraps.items():
            s3.put_object(Bucket=PACKAGES, Key=f"{name}.zip", Body=package(binary))
        self.template = adapt(expand(load(), lambda name: f"s3://{PACKAGES}/{name}.zip"))
        s3.put_object(Bucket=PACKAGES, Key="template.json", Body=json.dumps(self.template))

        cloudformation = self.client("cloudformation")
        cloudformation.create_stack(
            StackName=f"spie-{STAGE}",
            TemplateURL=f"{self.endpoint}/{PACKAGES}/template.json",
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
            Capabilities=["CAPABILITY_IAM"],
        )

        def settled():
            stack = cloudformation.describe_stacks(StackName=f"spie-{STAGE}")["Stacks"][0]
            return stack if not stack["StackStatus"].endswith("IN_PROGRESS") else None

        stack = wait_for("the stack settles", settled, 300)
        if stack["StackStatus"] != "CREATE_COMPLETE":
            events = cloudformation.describe_stack_events(StackName=f"spie-{STAGE}")["StackEvents"]
            failed = [e for e in events if "FAILED" in e.get("ResourceStatus", "")]
            raise RuntimeError("\n".join(
                f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason')}" for e in failed))
        self.outputs = {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}
        self.host = f"{self.outputs['ApiId']}.execute-api.localhost:{self.port}"
        self.bucket = self.outputs["DocumentsBucket"]

    def http(self, method, path, body=None, token=None, headers=None):
        """One request through the HTTP API; answers (status, headers, body — decoded if JSON)."""
        sent = {"Host": self.host, **(headers or {})}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
            sent.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            content = answer.read().decode("utf-8", "replace")
            received = {k.lower(): v for k, v in answer.getheaders()}
        finally:
            connection.close()
        if "json" in received.get("content-type", ""):
            content = json.loads(content or "null")
        return answer.status, received, content

    def queue_url(self, queue):
        """A queue's address from its short name, such as `triage` or `triage-morts`."""
        return self.client("sqs").get_queue_url(QueueName=PREFIX + queue)["QueueUrl"]

    def send(self, queue, *bodies):
        """Puts up to ten messages on a queue in one request, so that they travel as one batch."""
        entries = [{"Id": str(i), "MessageBody": body} for i, body in enumerate(bodies)]
        answer = self.client("sqs").send_message_batch(QueueUrl=self.queue_url(queue), Entries=entries)
        assert not answer.get("Failed"), answer

    def depth(self, queue):
        """How many messages a queue holds, in flight included."""
        attributes = self.client("sqs").get_queue_attributes(
            QueueUrl=self.queue_url(queue),
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible",
                            "ApproximateNumberOfMessagesDelayed"])["Attributes"]
        return sum(int(value) for value in attributes.values())

    def quiet(self, seconds=120):
        """Waits until no queue holds anything: nothing is on its way any more."""
        wait_for("every queue is empty", lambda: not any(self.depth(q) for q in QUEUES), seconds)

    @contextlib.contextmanager
    def held(self, *queues):
        """Stops the functions of these queues; what was sent meanwhile leaves as full batches."""
        self._feed(queues, False)
        try:
            yield
        finally:
            self._feed(queues, True)

    def _feed(self, queues, enabled):
        client = self.client("lambda")
        for queue in queues:
            (mapping,) = client.list_event_source_mappings(FunctionName=PREFIX + queue)["EventSourceMappings"]
            client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=enabled)

    @contextlib.contextmanager
    def hurried_redelivery(self, seconds=1):
        """Shortens visibility, so that a failed message is tried again within the test. Not longer than that: what takes
        more than a second would be treated twice at once, and go on after its queue is empty."""
        client, urls = self.client("sqs"), [self.queue_url(queue) for queue in QUEUES]
        usual = [client.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
                 for url in urls]
        for url in urls:
            client.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(seconds)})
        try:
            yield
        finally:
            for url, attributes in zip(urls, usual, strict=True):
                client.set_queue_attributes(QueueUrl=url, Attributes=attributes)

    def lose(self, queue):
        """Takes the messages of a queue away, as if they had never arrived."""
        client, url = self.client("sqs"), self.queue_url(queue)
        for message in client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0)["Messages"]:
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def age_outbox(self, pk, entry, minutes):
        """Makes an outbox entry, and the index that tells of it, older than it is."""
        old = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60 * minutes))
        self.client("dynamodb").update_item(
            TableName=PREFIX + "dossiers", Key={"pk": {"S": pk}},
            UpdateExpression="SET registre.sortie.#entry.le = :old, file_sk = :old",
            ExpressionAttributeNames={"#entry": entry}, ExpressionAttributeValues={":old": {"S": old}})

    def age_tombstone(self, pk, minutes):
        """Makes an erasure, and the index that tells of it, older than it is."""
        old = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60 * minutes))
        self.client("dynamodb").update_item(
            TableName=PREFIX + "dossiers", Key={"pk": {"S": pk}},
            UpdateExpression="SET efface.le = :old, file_sk = :old", ExpressionAttributeValues={":old": {"S": old}})

    def ring(self, schedule):
        """Does what a schedule does at its hour: calls its target with its input."""
        target = self.client("scheduler").get_schedule(
            Name=schedule, GroupName=f"spie-{STAGE}")["Target"]
        answer = self.client("lambda").invoke(FunctionName=target["Arn"], Payload=target["Input"])
        content = answer["Payload"].read().decode()
        assert "FunctionError" not in answer, content
        return content

    def calls(self):
        """Every AWS call that each function made: {function: [(service, operation, parameters)]}."""
        made = {}
        for name in FUNCTIONS:
            found = self.client("lambda").get_function_configuration(FunctionName=PREFIX + name)
            # How the emulator names the credentials of a function's role.
            digest = hashlib.sha256(f"{found['FunctionArn']}:{found['Role']}".encode()).hexdigest()
            key = f"ASIA{digest[:16].upper()}"
            details = [json.loads(event["CloudTrailEvent"]) for event in self._trail(key)]
            made[name] = [(it["eventSource"].split(".")[0], it["eventName"], it.get("requestParameters") or {})
                          for it in details]
        return made

    def _trail(self, key):
        """The recorded calls of one access key. The emulator gives the last fifty before an instant, and no next
        page; boto3 would cut that instant to the second."""
        until = time.time() + 1
        client = self.client("cloudtrail")

        def precise(params, **_):
            params["body"] = json.dumps({**json.loads(params["body"]), "EndTime": until}).encode()

        client.meta.events.register("before-call.cloudtrail.LookupEvents", precise)
        events = {}
        while True:
            found = client.lookup_events(
                LookupAttributes=[{"AttributeKey": "Username", "AttributeValue": key}])["Events"]
            fresh = {event["EventId"]: event for event in found if event["EventId"] not in events}
            if not fresh:
                return list(events.values())
            events |= fresh
            until = min(event["EventTime"] for event in found).timestamp() + 1e-6

    def sent(self):
        """Every message that the functions sent: {queue: [bodies]}, each body once."""
        bodies = {queue: [] for queue in QUEUES}
        for calls in self.calls().values():
            for service, operation, parameters in calls:
                if service == "sqs" and operation == "SendMessageBatch":
                    queue = parameters["QueueUrl"].rsplit("/", 1)[-1].removeprefix(PREFIX)
                    bodies[queue] += [entry["MessageBody"] for entry in parameters["Entries"]]
        return {queue: list(dict.fromkeys(sent)) for queue, sent in bodies.items()}

    def rows(self, table):
        """Every raw item of a table, as DynamoDB holds it."""
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=PREFIX + table)
        return [item for page in pages for item in page["Items"]]

    def put(self, key, body):
        """Puts a raw file in the bucket, as the software of a département would."""
        self.client("s3").put_object(Bucket=self.bucket, Key=key, Body=body)

    def names(self):
        """The name of every document of the bucket."""
        pages = self.client("s3").get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        return [entry["Key"] for page in pages for entry in page.get("Contents", [])]

    def documents(self):
        """Every document of the bucket, by name."""
        s3 = self.client("s3")
        return {name: s3.get_object(Bucket=self.bucket, Key=name)["Body"].read() for name in self.names()}

    def logs(self, function):
        """What a function logged."""
        logs = self.client("logs")
        group = f"/aws/lambda/{PREFIX}{function}"
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        return "\n".join(event["message"] for page in pages for event in page["events"])
