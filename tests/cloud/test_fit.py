"""The template fits together: every route and every queue reaches its function.

The functions here are stand-ins of a few lines that speak the Lambda Runtime API, so that
these tests need no build and say only what the template says.
"""

import json
import stat
import sys
from pathlib import Path

import pytest

from deploy import FUNCTIONS, PREFIX, QUEUES, Cloud
from emulator import wait_for
from issuer import Issuer

# Answers HTTP with the function's name, fails the messages that say so, makes the AWS calls it is given.
STAND_IN = f"#!{sys.executable}" + r'''
import json, os, urllib.request
def call(service, method, arguments):
    import boto3, botocore
    try:
        getattr(boto3.client(service), method)(**arguments)
        return "done"
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
api = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
while True:
    with urllib.request.urlopen(f"{api}/next") as message:
        request, event = message.headers["Lambda-Runtime-Aws-Request-Id"], json.load(message)
    if "Records" in event:
        answer = {"batchItemFailures": [{"itemIdentifier": r["messageId"]}
                                        for r in event["Records"] if r["body"] == "poison"]}
    elif "routeKey" in event:
        claims = event["requestContext"].get("authorizer", {}).get("jwt", {}).get("claims")
        answer = {"statusCode": 200, "headers": {"content-type": "application/json"},
                  "body": json.dumps({"function": os.environ["AWS_LAMBDA_FUNCTION_NAME"],
                                      "route": event["routeKey"], "claims": claims})}
    elif "calls" in event:
        answer = [call(*one) for one in event["calls"]]
    else:
        answer = event
    urllib.request.urlopen(urllib.request.Request(
        f"{api}/{request}/response", json.dumps(answer).encode(), method="POST"))
'''


@pytest.fixture(scope="module")
def issuer():
    with Issuer() as running:
        yield running


@pytest.fixture(scope="module")
def cloud(issuer, tmp_path_factory):
    binary = Path(tmp_path_factory.mktemp("stand-in")) / "bootstrap"
    binary.write_text(STAND_IN)
    binary.chmod(binary.stat().st_mode | stat.S_IXUSR)
    with Cloud({name: binary for name in FUNCTIONS}, issuer.url) as running:
        yield running


PUBLIC = [("GET", "/"), ("GET", "/style.css"), ("GET", "/sante"), ("GET", "/algorithme"), ("GET", "/problemes/nir_invalide"),
          ("GET", "/v1/openapi.json"), ("POST", "/v1/demandes"), ("GET", "/demande"),
          ("POST", "/demande"), ("GET", "/demande/reponses"), ("POST", "/demande/reponses"),
          ("GET", "/suivi"), ("POST", "/suivi")]


@pytest.mark.parametrize("method,path", PUBLIC)
def test_a_public_route_reaches_intake_without_a_token(cloud, method, path):
    status, _, body = cloud.http(method, path)
    assert (status, body["function"]) == (200, "spie-dev-intake")


@pytest.mark.parametrize("method,path", [("GET", "/pro"), ("GET", "/pro/dossiers/1"), ("POST", "/pro/connexion")])
def test_a_page_reaches_professionals_which_judges_the_cookie(cloud, method, path):
    status, _, body = cloud.http(method, path)
    assert (status, body["function"]) == (200, "spie-dev-professionals")


@pytest.mark.parametrize("method,path", [
    ("GET", "/v1/dossiers"), ("POST", "/v1/dossiers/1/orientation"), ("GET", "/v1/demandes"),
    ("PUT", "/v1/referents/r1"), ("DELETE", "/v1/dossiers/1/carnet/entrees/2")])
def test_the_api_refuses_whoever_has_no_token(cloud, method, path):
    assert cloud.http(method, path)[0] == 401


def test_the_api_lets_a_valid_token_through_with_its_claims(cloud, issuer):
    token = issuer.token(role="orientation", territoire="77")
    status, _, body = cloud.http("GET", "/v1/dossiers", token=token)
    assert (status, body["function"], body["route"]) == (200, "spie-dev-professionals", "ANY /v1/{proxy+}")
    assert body["claims"]["territoire"] == "77"


@pytest.mark.parametrize("change", [
    {"aud": "autre"}, {"iss": "http://127.0.0.1:1"}, {"exp": 1}, {"nbf": 4102444800}])
def test_the_gateway_refuses_a_token_that_is_not_for_us(cloud, issuer, change):
    assert cloud.http("GET", "/v1/dossiers", token=issuer.token(**change))[0] == 401


def test_the_gateway_refuses_a_token_signed_by_somebody_else(cloud, issuer):
    with Issuer() as other:
        forged = other.token(iss=issuer.url, kid=issuer.kid)
    assert cloud.http("GET", "/v1/dossiers", token=forged)[0] == 401


def test_an_unknown_path_goes_nowhere(cloud):
    assert cloud.http("GET", "/nulle-part")[0] == 404


@pytest.mark.parametrize("queue", QUEUES)
def test_a_message_that_fails_ends_among_the_dead_and_its_neighbours_do_not(cloud, queue):
    with cloud.hurried_redelivery():
        cloud.send(queue, *["good"] * 9, "poison")
        wait_for("the message is dead", lambda: cloud.depth(f"{queue}-morts") == 1)
    assert cloud.depth(queue) == 0


@pytest.mark.parametrize("name", ["controle", "fichiers", "balayage", "relais"])
def test_a_schedule_calls_sweep_with_its_task(cloud, name):
    assert json.loads(cloud.ring(name)) == {"tache": name}


def attempt(cloud, function, service, method, **arguments):
    """Makes one AWS call with a function's own credentials; answers `done` or the error's code."""
    answer = cloud.client("lambda").invoke(
        FunctionName=PREFIX + function, Payload=json.dumps({"calls": [[service, method, arguments]]}))
    (outcome,) = json.load(answer["Payload"])
    return outcome


ROW = {"pk": {"S": "77#x"}, "sk": {"S": "-"}}
REFUSED = ("AccessDenied", "AccessDeniedException")


def test_a_function_does_what_its_role_says(cloud):
    assert attempt(cloud, "intake", "dynamodb", "put_item", TableName=PREFIX + "personnes", Item=ROW) == "done"
    assert attempt(cloud, "triage", "dynamodb", "get_item", TableName=PREFIX + "personnes", Key=ROW) == "done"
    assert attempt(cloud, "sweep", "dynamodb", "query", TableName=PREFIX + "dossiers", IndexName="file",
                   KeyConditionExpression="file_pk = :p", ExpressionAttributeValues={":p": {"S": "77#x"}}) == "done"
    assert attempt(cloud, "reminders", "s3", "put_object", Bucket=cloud.bucket, Key="envois/x", Body="x") == "done"
    assert attempt(cloud, "carnet", "sqs", "receive_message", QueueUrl=cloud.queue_url("carnet"),
                   WaitTimeSeconds=0) == "done"


def test_a_function_does_nothing_else(cloud):
    key = cloud.outputs["FieldsKey"]
    for refused in [
        attempt(cloud, "assignment", "dynamodb", "get_item", TableName=PREFIX + "personnes", Key=ROW),
        attempt(cloud, "triage", "dynamodb", "put_item", TableName=PREFIX + "personnes", Item=ROW),
        attempt(cloud, "professionals", "dynamodb", "delete_item", TableName=PREFIX + "cles", Key=ROW),
        attempt(cloud, "professionals", "dynamodb", "scan", TableName=PREFIX + "dossiers"),
        attempt(cloud, "intake", "dynamodb", "delete_item", TableName=PREFIX + "cles", Key=ROW),
        attempt(cloud, "carnet", "sqs", "send_message", QueueUrl=cloud.queue_url("triage"), MessageBody="x"),
        attempt(cloud, "sweep", "kms", "encrypt", KeyId=key, Plaintext="x"),
        attempt(cloud, "triage", "kms", "encrypt", KeyId=key, Plaintext="x"),
        attempt(cloud, "reminders", "s3", "put_object", Bucket=cloud.bucket, Key="balayages/x", Body="x"),
        attempt(cloud, "professionals", "s3", "list_objects_v2", Bucket=cloud.bucket),
    ]:
        assert refused in REFUSED
