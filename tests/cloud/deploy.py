"""Deploys the suite to an emulated AWS: one process on the loopback, no Docker, no account.

The template is `infra/template.yaml`, expanded as the service would and deployed through
CloudFormation; the functions are real `bootstrap` binaries, run as processes with the
credentials of their own role, and the emulator refuses what that role does not allow.
What had to differ from AWS is in `adapt`, each with its reason.
"""

import contextlib
import hashlib
import http.client
import io
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from pathlib import Path

import boto3
from botocore.config import Config

from expand import expand, load

REGION = "eu-west-3"
STAGE = "dev"
PREFIX = f"spie-{STAGE}-"
FUNCTIONS = ("intake", "triage", "assignment", "carnet", "reminders", "sweep", "professionals")
QUEUES = ("triage", "assignment", "carnet", "reminders", "sweep")
PACKAGES = "deploiement"
OPERATIONS = ("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems",
              "Scan", "SendMessage", "SendMessageBatch", "Encrypt", "Decrypt", "GenerateDataKey", "PutObject", "GetObject")


def wait_for(what, probe, seconds=60):
    """Polls `probe` until it answers something true, and returns it."""
    deadline = time.monotonic() + seconds
    while True:
        answer = probe()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: still not so after {seconds} s")
        time.sleep(0.1)


def free_port():
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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
    # It asks for an action that IAM does not have: on AWS `SendMessage` is what batches need too.
    for resource in template["Resources"].values():
        for policy in resource["Properties"].get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                if statement["Action"] == "sqs:SendMessage":
                    statement["Action"] = ["sqs:SendMessage", "sqs:SendMessageBatch"]
    return template


class Cloud:
    """A running emulator with the stack deployed on it."""

    def __init__(self, bootstraps, issuer, audience="spie", jwks_url=None, parameters=None):
        """`bootstraps` maps each function to its binary; `issuer` signs the professionals' tokens."""
        self.scratch = Path(tempfile.mkdtemp(prefix="spie-cloud-"))
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.log = self.scratch / "emulator.log"
        self.process = None
        self.started = int(time.time()) - 1
        try:
            self._start()
            self._deploy(bootstraps, {
                "Stage": STAGE,
                "Architecture": "arm64" if platform.machine() == "aarch64" else "x86_64",
                "JwtIssuer": issuer,
                "ServiceNom": "Service insertion",
                "ServiceTelephone": "01 64 14 77 77",
                "JwtAudience": audience,
                "JwksUrl": jwks_url or f"{issuer}/.well-known/jwks.json",
                **(parameters or {}),
            })
        except BaseException:
            self.stop()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def client(self, service):
        """An AWS client with the account's own credentials."""
        return boto3.client(
            service, region_name=REGION, endpoint_url=self.endpoint,
            aws_access_key_id="test", aws_secret_access_key="test",
            config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}),
        )

    def _start(self):
        environment = {
            "PATH": os.environ["PATH"],
            "TMPDIR": str(self.scratch),
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_DEFAULT_REGION": REGION,
            "MINISTACK_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",  # as Lambda tells the functions from `LoggingConfig`
            "AWS_LAMBDA_LOG_LEVEL": "INFO",
            "AUTH": "true",  # roles are enforced
            "CLOUDTRAIL_RECORDING": "1",
            "CLOUDTRAIL_MAX_EVENTS": "100000",
            "IOT_MTLS_ENABLED": "0",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ministack"], env=environment, cwd=self.scratch,
            stdout=self.log.open("wb"), stderr=subprocess.STDOUT, start_new_session=True,
        )
        wait_for("the emulator answers", self._healthy)

    def _healthy(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"the emulator stopped:\n{self.log.read_text()[-4000:]}")
        try:
            with urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

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

    def stop(self):
        """Ends the emulator, the functions it started, and what they left on disk."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        shutil.rmtree(self.scratch, ignore_errors=True)

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

    def hurry_redelivery(self, seconds=1):
        """Shortens visibility, so that a failed message is tried again within the test."""
        for queue in QUEUES:
            self.client("sqs").set_queue_attributes(
                QueueUrl=self.queue_url(queue), Attributes={"VisibilityTimeout": str(seconds)})

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
            events = self._trail({"Username": key}, self.started, int(time.time()) + 1)
            details = [json.loads(event["CloudTrailEvent"]) for event in events.values()]
            made[name] = [(it["eventSource"].split(".")[0], it["eventName"], it.get("requestParameters") or {})
                          for it in details]
        return made

    def _trail(self, filters, start, end):
        """The recorded calls between two instants, by id. The emulator gives fifty and no next page."""
        attributes = [{"AttributeKey": k, "AttributeValue": v} for k, v in filters.items()]
        found = self.client("cloudtrail").lookup_events(
            LookupAttributes=attributes, StartTime=start, EndTime=end)["Events"]
        if len(found) < 50:
            return {event["EventId"]: event for event in found}
        if end - start > 1:
            middle = (start + end) // 2
            parts = [(filters, start, middle), (filters, middle, end)]
        elif "EventName" not in filters:
            parts = [({**filters, "EventName": operation}, start, end) for operation in OPERATIONS]
        else:
            raise RuntimeError("more calls in one second than the trail can tell")
        return {i: event for part in parts for i, event in self._trail(*part).items()}

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

    def documents(self):
        """Every document of the bucket, by key."""
        s3 = self.client("s3")
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
        return {key: s3.get_object(Bucket=self.bucket, Key=key)["Body"].read() for key in keys}

    def logs(self, function):
        """What a function logged."""
        logs = self.client("logs")
        group = f"/aws/lambda/{PREFIX}{function}"
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        return "\n".join(event["message"] for page in pages for event in page["events"])
