"""What the template promises, asserted on its expanded form.

Linters know what is usual; these know what this suite decided. `ACCESS` is written by hand,
from what each function is for: a permission is added there before it is added to the template.
"""

import json
import re
from pathlib import Path

import pytest

from deploy import FUNCTIONS, QUEUES
from expand import ROOT, expand, load

RAW = load()
EXPANDED = expand(RAW)
RESOURCES = EXPANDED["Resources"]
WORKERS = QUEUES  # each queue is read by the function of the same name
TABLES = ("dossiers", "personnes", "reponses", "acces", "referents", "carnets", "envois",
          "cadres", "balayages", "cles", "imports")

# function → (tables and indexes: DynamoDB actions; queues it sends to; folders of documents, or "" for the bucket: what it
# does to them; territory keys)
STEPS = "triage assignment carnet reminders"  # a dossier's outbox may hold a message for any of them
ACCESS = {
    "intake": ({
        "dossiers": "GetItem BatchGetItem PutItem UpdateItem", "personnes": "GetItem BatchGetItem PutItem",
        "reponses": "GetItem PutItem", "acces": "GetItem BatchGetItem Query PutItem", "referents": "GetItem",
        "cles": "GetItem BatchGetItem PutItem", "cadres": "GetItem",
    }, STEPS, {}, "Encrypt Decrypt"),
    "triage": ({
        "dossiers": "GetItem PutItem UpdateItem", "personnes": "GetItem",
        "reponses": "Query PutItem", "envois": "Query", "cles": "GetItem",
    }, STEPS, {}, "Decrypt"),
    "assignment": ({
        "dossiers": "GetItem PutItem UpdateItem", "dossiers/file": "Query",
        "referents": "GetItem Query UpdateItem",
    }, STEPS, {}, ""),
    "carnet": ({"dossiers": "GetItem", "carnets": "PutItem"}, "", {}, ""),
    "reminders": ({
        "dossiers": "GetItem", "envois": "GetItem PutItem", "personnes": "GetItem",
        "referents": "GetItem", "cles": "GetItem",
    }, "", {"envois": "PutObject"}, "Decrypt"),
    "sweep": ({
        "dossiers": "GetItem BatchGetItem PutItem UpdateItem", "dossiers/file": "Query",
        "balayages": "GetItem PutItem", "imports": "Query PutItem DeleteItem",
        # Of a dossier that was erased: its key is destroyed, the rest is deleted.
        "cles": "GetItem PutItem", "personnes": "Query PutItem DeleteItem", "acces": "GetItem PutItem DeleteItem",
        "reponses": "Query DeleteItem", "carnets": "Query DeleteItem", "envois": "Query DeleteItem",
    }, f"{STEPS} sweep imports horaires-morts",
        {"balayages": "PutObject", "envois": "DeleteObject", "imports": "DeleteObject"}, ""),
    "professionals": ({
        "dossiers": "GetItem BatchGetItem PutItem UpdateItem", "dossiers/file": "Query",
        "dossiers/referent": "Query", "personnes": "GetItem BatchGetItem Query PutItem",
        "reponses": "GetItem Query PutItem DeleteItem",
        # Of two dossiers that are merged or parted, the doors change.
        "acces": "GetItem BatchGetItem Query PutItem DeleteItem",
        "carnets": "GetItem Query PutItem", "referents": "GetItem Query UpdateItem",
        "cadres": "GetItem Query PutItem", "balayages": "GetItem PutItem", "cles": "GetItem BatchGetItem PutItem",
        "imports": "GetItem Query PutItem",
    }, f"{STEPS} sweep imports", {"imports": "GetObject PutObject"}, "Encrypt Decrypt"),
    "imports": ({
        "imports": "GetItem Query PutItem", "dossiers": "GetItem BatchGetItem PutItem UpdateItem",
        "personnes": "GetItem BatchGetItem PutItem", "reponses": "GetItem PutItem",
        "acces": "GetItem BatchGetItem Query PutItem", "cles": "GetItem BatchGetItem PutItem",
        "cadres": "GetItem",
        "referents": "GetItem UpdateItem",  # whoever leaves gives a place back, whoever is taken over has theirs
    }, f"{STEPS} imports", {
        "imports": "GetObject PutObject DeleteObject", "depots": "GetObject DeleteObject", "": "ListBucket",
    }, "Encrypt Decrypt"),
}


def of_type(kind):
    return {name: r for name, r in RESOURCES.items() if r["Type"] == kind}


def as_list(value):
    return value if isinstance(value, list) else [value]


def text(value):
    """An intrinsic as readable text: `Ref` and `GetAtt` by name, `Sub` with the stage filled in."""
    if isinstance(value, dict) and len(value) == 1:
        (function, argument), = value.items()
        if function == "Ref":
            return argument
        if function == "Fn::GetAtt":
            return ".".join(argument)
        if function == "Fn::Sub":
            return argument.replace("${Stage}", "dev")
    return value


def name_of(logical):
    """The short name of a table, a queue or a function: what follows `spie-<stage>-`."""
    properties = RESOURCES[logical]["Properties"]
    full = next(properties[key] for key in ("TableName", "QueueName", "FunctionName") if key in properties)
    return text(full).removeprefix("spie-dev-")


def function(name):
    return RESOURCES[f"{name.capitalize()}Function"]["Properties"]


def statements(name):
    """The statements of a function's role."""
    policies = RESOURCES[f"{name.capitalize()}Role"]["Properties"]["Policies"]
    return [s for policy in policies for s in policy["PolicyDocument"]["Statement"]]


def every_identity_statement():
    for role, resource in of_type("AWS::IAM::Role").items():
        for policy in resource["Properties"].get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                yield role, statement


def granted(name, service):
    """What a function's role allows in one service: {resource as text: {actions}}."""
    allowed = {}
    for statement in statements(name):
        for action in as_list(statement["Action"]):
            prefix, verb = action.split(":")
            if prefix == service:
                for resource in as_list(statement["Resource"]):
                    allowed.setdefault(text(resource), set()).add(verb)
    return allowed


# ── Roles ────────────────────────────────────────────────────────────────────────────────────


def test_the_functions_are_those_of_the_workspace():
    deployed = {name_of(logical) for logical in of_type("AWS::Lambda::Function")}
    crates = {path.parent.name for path in (ROOT / "functions").glob("*/Cargo.toml")}
    assert deployed == set(FUNCTIONS) == crates == set(ACCESS)


def test_each_function_has_a_role_of_its_own():
    roles = [text(f["Properties"]["Role"]) for f in of_type("AWS::Lambda::Function").values()]
    assert sorted(roles) == sorted(f"{name.capitalize()}Role.Arn" for name in FUNCTIONS)


def test_only_the_functions_and_the_schedules_have_a_role():
    assert set(of_type("AWS::IAM::Role")) == {f"{n.capitalize()}Role" for n in FUNCTIONS} | {"SchedulesRole"}


def test_a_role_is_assumed_by_one_service():
    for name, role in of_type("AWS::IAM::Role").items():
        (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        service = "scheduler" if name == "SchedulesRole" else "lambda"
        assert trust["Principal"] == {"Service": f"{service}.amazonaws.com"}, name


def test_the_schedules_role_is_only_for_our_own_group():
    (trust,) = RESOURCES["SchedulesRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert set(trust["Condition"]["StringEquals"]) == {"aws:SourceAccount", "aws:SourceArn"}


def test_no_role_has_a_managed_policy():
    assert not any("ManagedPolicyArns" in r["Properties"] for r in of_type("AWS::IAM::Role").values())


def test_no_action_has_a_star():
    for role, statement in every_identity_statement():
        assert not any("*" in action for action in as_list(statement["Action"])), role


def test_no_resource_has_a_star_but_a_folder_of_our_own_bucket():
    for role, statement in every_identity_statement():
        for resource in as_list(statement["Resource"]):
            named = re.sub(r"^\$\{DocumentsBucket\.Arn\}/[a-z]+/\*$", "", text(resource))
            assert "*" not in named, (role, statement["Sid"])


def test_no_statement_says_what_it_does_not_allow():
    for role, statement in every_identity_statement():
        assert not {"NotAction", "NotResource"} & set(statement), role


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_touches_its_tables_and_indexes_only(name):
    tables = {
        (f"{table.capitalize()}Table.Arn" if "/" not in table
         else f"${{{table.split('/')[0].capitalize()}Table.Arn}}/index/{table.split('/')[1]}"): set(actions.split())
        for table, actions in ACCESS[name][0].items()
    }
    assert granted(name, "dynamodb") == tables


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_sends_to_its_queues_only(name):
    sends = {name_of(resource.split(".")[0])
             for resource, verbs in granted(name, "sqs").items() if "SendMessage" in verbs}
    assert sends == set(ACCESS[name][1].split())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_receives_from_its_own_queue_only(name):
    reads = {name_of(resource.split(".")[0])
             for resource, verbs in granted(name, "sqs").items() if "ReceiveMessage" in verbs}
    assert reads == ({name} if name in WORKERS else set())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_touches_its_own_documents_only(name):
    folders = {f"${{DocumentsBucket.Arn}}/{folder}/*" if folder else "DocumentsBucket.Arn": set(verbs.split())
               for folder, verbs in ACCESS[name][2].items()}
    assert granted(name, "s3") == folders


@pytest.mark.parametrize("name", FUNCTIONS)
def test_only_those_that_read_people_unwrap_their_keys(name):
    assert granted(name, "kms").get("FieldsKey.Arn", set()) == set(ACCESS[name][3].split())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_key_at_rest_serves_through_aws_services_only(name):
    for statement in statements(name):
        if text(statement["Resource"]) == "AtRestKey.Arn":
            assert statement["Condition"]["StringEquals"]["kms:ViaService"], name


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_writes_to_its_own_log_group_only(name):
    assert granted(name, "logs") == {f"{name.capitalize()}Logs.Arn": {"CreateLogStream", "PutLogEvents"}}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_role_reaches_no_other_service(name):
    services = {a.split(":")[0] for s in statements(name) for a in as_list(s["Action"])}
    assert services <= {"dynamodb", "sqs", "s3", "kms", "logs"}


def test_text_messages_leave_from_one_origin_or_not_at_all():
    policies = of_type("AWS::IAM::Policy")
    assert list(policies) == ["RemindersSms"]
    policy = policies["RemindersSms"]
    assert policy["Condition"] == "SendsSms" and policy["Properties"]["Roles"] == [{"Ref": "RemindersRole"}]
    statement, = policy["Properties"]["PolicyDocument"]["Statement"]
    assert (statement["Action"], statement["Resource"]) == ("sms-voice:SendTextMessage", {"Ref": "SmsOrigine"})
    told = [name for name in FUNCTIONS if "SMS_ORIGINE" in function(name)["Environment"]["Variables"]]
    assert told == ["reminders"]
    assert EXPANDED["Parameters"]["SmsOrigine"]["Default"] == "", "nothing leaves unless somebody says from where"


# ── Tables, documents, keys ──────────────────────────────────────────────────────────────────


def test_the_tables_are_those_of_the_design():
    assert {name_of(logical) for logical in of_type("AWS::DynamoDB::Table")} == set(TABLES)


def test_every_table_is_paid_by_use():
    assert all(t["Properties"]["BillingMode"] == "PAY_PER_REQUEST" for t in of_type("AWS::DynamoDB::Table").values())


def test_every_table_is_encrypted_with_our_key():
    for name, table in of_type("AWS::DynamoDB::Table").items():
        encryption = table["Properties"]["SSESpecification"]
        assert (encryption["SSEEnabled"], text(encryption["KMSMasterKeyId"])) == (True, "AtRestKey.Arn"), name


def test_every_table_can_be_restored_but_the_keys():
    for logical, table in of_type("AWS::DynamoDB::Table").items():
        recovery = table["Properties"]["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
        assert recovery is (name_of(logical) != "cles"), logical


def test_no_data_disappears_with_the_stack():
    kept = [*of_type("AWS::DynamoDB::Table").items(), *of_type("AWS::KMS::Key").items(),
            *of_type("AWS::S3::Bucket").items()]
    for name, resource in kept:
        assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain"), name
    for name, table in of_type("AWS::DynamoDB::Table").items():
        assert table["Properties"]["DeletionProtectionEnabled"] is True, name


def test_no_row_expires_by_itself():
    assert not any("TimeToLiveSpecification" in t["Properties"] for t in of_type("AWS::DynamoDB::Table").values())


def test_only_the_dossiers_have_indexes_and_they_hold_keys_only():
    for logical, table in of_type("AWS::DynamoDB::Table").items():
        indexes = {i["IndexName"]: i["Projection"]["ProjectionType"]
                   for i in table["Properties"].get("GlobalSecondaryIndexes", [])}
        expected = {"file": "KEYS_ONLY", "referent": "KEYS_ONLY"} if name_of(logical) == "dossiers" else {}
        assert indexes == expected, logical


def test_a_dossier_has_one_item_and_its_side_tables_a_sort_key():
    for logical, table in of_type("AWS::DynamoDB::Table").items():
        keys = [k["AttributeName"] for k in table["Properties"]["KeySchema"]]
        assert keys == (["pk"] if name_of(logical) == "dossiers" else ["pk", "sk"]), logical


def test_the_documents_are_private_encrypted_and_erasable():
    bucket = RESOURCES["DocumentsBucket"]["Properties"]
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert text(rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]) == "AtRestKey.Arn"
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert "VersioningConfiguration" not in bucket


def test_documents_travel_by_tls_only():
    (statement,) = RESOURCES["DocumentsBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert {text(r) for r in statement["Resource"]} == {"DocumentsBucket.Arn", "${DocumentsBucket.Arn}/*"}


def test_a_raw_file_that_nobody_received_is_deleted_and_nothing_else_is():
    rules = RESOURCES["DocumentsBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    (rule,) = [rule for rule in rules if "ExpirationInDays" in rule]
    assert (rule["Prefix"], rule["Status"]) == ("depots/", "Enabled")
    assert rule["ExpirationInDays"] == {"Ref": "JoursDeConservationFichiers"}
    assert RAW["Parameters"]["JoursDeConservationFichiers"]["Default"] == 30


def test_a_raw_file_is_told_of_by_the_queue_of_imports_and_nothing_else_is():
    told = RESOURCES["DocumentsBucket"]["Properties"]["NotificationConfiguration"]
    (told,) = told["QueueConfigurations"]
    assert (told["Event"], text(told["Queue"])) == ("s3:ObjectCreated:*", "ImportsQueue.Arn")
    assert told["Filter"]["S3Key"]["Rules"] == [{"Name": "prefix", "Value": "depots/"}]
    assert RESOURCES["DocumentsBucket"]["DependsOn"] == "ImportsQueuePolicy"  # S3 tries the queue at once


def test_s3_may_tell_of_our_bucket_and_of_no_other():
    bucket = text(RESOURCES["DocumentsBucket"]["Properties"]["BucketName"])
    policies = {"ImportsQueuePolicy": RESOURCES["ImportsQueuePolicy"]["Properties"]["PolicyDocument"],
                "AtRestKey": RESOURCES["AtRestKey"]["Properties"]["KeyPolicy"]}
    for name, policy in policies.items():
        (said,) = [s for s in policy["Statement"] if s["Sid"] == "NoticesOfOurBucketOnly"]
        assert said["Principal"] == {"Service": "s3.amazonaws.com"}, name
        assert text(said["Condition"]["ArnEquals"]["aws:SourceArn"]).endswith(f":s3:::{bucket}"), name
        assert said["Condition"]["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}, name


def test_both_keys_rotate():
    assert all(k["Properties"]["EnableKeyRotation"] is True for k in of_type("AWS::KMS::Key").values())


def test_the_territory_keys_are_wrapped_by_a_key_that_no_aws_service_uses():
    (statement,) = RESOURCES["FieldsKey"]["Properties"]["KeyPolicy"]["Statement"]
    assert list(statement["Principal"]) == ["AWS"]
    uses = json.dumps({n: r for n, r in RESOURCES.items() if r["Type"] != "AWS::IAM::Role"})
    holders = {n for n in FUNCTIONS if "KMS_KEY_ID" in function(n)["Environment"]["Variables"]}
    assert holders == {n for n in FUNCTIONS if ACCESS[n][3]}
    assert uses.count('"FieldsKey"') == len(holders) + 2  # their variable, the key itself, its alias


# ── Queues ───────────────────────────────────────────────────────────────────────────────────


def living_queues():
    return {n: q for n, q in of_type("AWS::SQS::Queue").items() if not name_of(n).endswith("-morts")}


def dead_letter_queues():
    return {n: q for n, q in of_type("AWS::SQS::Queue").items() if name_of(n).endswith("-morts")}


def test_every_queue_has_its_own_dead_letter_queue():
    for logical, queue in living_queues().items():
        redrive = queue["Properties"]["RedrivePolicy"]
        dead = redrive["deadLetterTargetArn"]["Fn::GetAtt"][0]
        assert name_of(dead) == f"{name_of(logical)}-morts"
        assert redrive["maxReceiveCount"] == 5


def test_a_dead_letter_queue_receives_from_its_own_queue_only():
    for logical, queue in dead_letter_queues().items():
        allowed = queue["Properties"]["RedriveAllowPolicy"]
        if logical == "SchedulesDeadLetters":
            assert allowed == {"redrivePermission": "denyAll"}
        else:
            (source,) = allowed["sourceQueueArns"]
            assert text(source).endswith(f":spie-dev-{name_of(logical).removesuffix('-morts')}")


def test_dead_letters_wait_fourteen_days():
    assert all(q["Properties"]["MessageRetentionPeriod"] == 14 * 86400 for q in dead_letter_queues().values())


def test_every_queue_is_encrypted_with_our_key():
    for name, queue in of_type("AWS::SQS::Queue").items():
        assert text(queue["Properties"]["KmsMasterKeyId"]) == "AtRestKey.Arn", name


def test_every_queue_has_one_policy_and_is_reached_by_tls_only():
    policies = [policy["Properties"] for policy in of_type("AWS::SQS::QueuePolicy").values()]
    covered = [text(queue) for policy in policies for queue in policy["Queues"]]
    assert sorted(covered) == sorted(of_type("AWS::SQS::Queue"))
    for policy in policies:
        (denied,) = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Deny"]
        assert (denied["Principal"], denied["Action"]) == ("*", "sqs:*")
        assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_only_s3_is_let_in_by_the_policy_of_a_queue():
    allowed = {(text(queue), text(s["Resource"]), s["Principal"]["Service"], s["Action"])
               for policy in of_type("AWS::SQS::QueuePolicy").values() for queue in policy["Properties"]["Queues"]
               for s in policy["Properties"]["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"}
    assert allowed == {("ImportsQueue", "ImportsQueue.Arn", "s3.amazonaws.com", "sqs:SendMessage")}


@pytest.mark.parametrize("name", WORKERS)
def test_a_batch_reports_its_failures_one_by_one(name):
    (mapping,) = [m["Properties"] for m in of_type("AWS::Lambda::EventSourceMapping").values()
                  if text(m["Properties"]["FunctionName"]) == f"{name.capitalize()}Function"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert text(mapping["EventSourceArn"]) == f"{name.capitalize()}Queue.Arn"
    assert mapping["BatchSize"] <= 10
    assert mapping["ScalingConfig"]["MaximumConcurrency"] >= 2


@pytest.mark.parametrize("name", WORKERS)
def test_a_message_stays_hidden_six_times_longer_than_its_function_may_run(name):
    (mapping,) = [m["Properties"] for m in of_type("AWS::Lambda::EventSourceMapping").values()
                  if text(m["Properties"]["FunctionName"]) == f"{name.capitalize()}Function"]
    hidden = RESOURCES[f"{name.capitalize()}Queue"]["Properties"]["VisibilityTimeout"]
    assert hidden >= 6 * function(name)["Timeout"] + mapping["MaximumBatchingWindowInSeconds"]


# ── Functions ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_runs_on_al2023_and_the_processor_of_the_parameter(name):
    assert (function(name)["Runtime"], function(name)["Handler"]) == ("provided.al2023", "bootstrap")
    assert function(name)["Architectures"] == [{"Ref": "Architecture"}]


def test_the_processor_is_arm64_unless_told_otherwise():
    assert RAW["Parameters"]["Architecture"]["Default"] == "arm64"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_built_from_its_own_crate(name):
    raw = RAW["Resources"][f"{name.capitalize()}Function"]
    assert raw["Metadata"] == {"BuildMethod": "rust-cargolambda"}
    assert (ROOT / "infra" / raw["Properties"]["CodeUri"] / "Cargo.toml").is_file()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_logs_json_to_a_group_that_is_kept_a_set_time_and_encrypted(name):
    logging = function(name)["LoggingConfig"]
    group = RESOURCES[logging["LogGroup"]["Ref"]]["Properties"]
    assert logging["LogFormat"] == "JSON"
    assert text(group["LogGroupName"]) == f"/aws/lambda/spie-dev-{name}"
    assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    assert text(group["KmsKeyId"]) == "AtRestKey.Arn"


def test_every_log_group_is_kept_a_set_time_and_encrypted():
    for name, group in of_type("AWS::Logs::LogGroup").items():
        assert {"RetentionInDays", "KmsKeyId"} <= set(group["Properties"]), name


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_concurrency_of_a_function_is_bounded(name):
    if name in WORKERS:
        assert f"{name.capitalize()}FunctionMessages" in RESOURCES
    else:
        assert function(name)["ReservedConcurrentExecutions"]["Fn::If"][0] == "ReservesConcurrency"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_told_only_what_its_role_lets_it_use(name):
    variables = function(name)["Environment"]["Variables"]
    queues = {v.removeprefix("QUEUE_").lower() for v in variables if v.startswith("QUEUE_")}
    assert queues == set(ACCESS[name][1].split()) - {"horaires-morts"}
    assert ("DOCUMENTS_BUCKET" in variables) is bool(ACCESS[name][2])
    assert {"TABLE_PREFIX", "TERRITOIRES", "SERVICE_NOM", "SERVICE_TELEPHONE"} <= set(variables)


def test_no_variable_holds_a_secret():
    for name in FUNCTIONS:
        for variable in function(name)["Environment"]["Variables"]:
            assert not re.search("SECRET|PASSWORD|TOKEN|PRIVATE", variable), (name, variable)


def test_only_the_http_functions_judge_tokens():
    for name in FUNCTIONS:
        judges = "JWT_ISSUER" in function(name)["Environment"]["Variables"]
        assert judges is (name in ("intake", "professionals")), name


# ── HTTP ─────────────────────────────────────────────────────────────────────────────────────

PUBLIC_ROUTES = {"GET /", "GET /style.css", "GET /sante", "GET /algorithme", "GET /problemes/{code}", "GET /v1/openapi.json",
                 "POST /v1/demandes", "ANY /demande", "ANY /demande/{proxy+}", "GET /suivi", "POST /suivi"}
PAGES = {"ANY /pro", "ANY /pro/{proxy+}"}


def routes():
    return {r["Properties"]["RouteKey"]: r["Properties"] for r in of_type("AWS::ApiGatewayV2::Route").values()}


def test_the_routes_are_those_of_the_contract():
    assert set(routes()) == PUBLIC_ROUTES | PAGES | {"ANY /v1/{proxy+}"}


def test_every_public_route_goes_to_intake_and_every_other_to_professionals():
    for key, route in routes().items():
        target = "Intake" if key in PUBLIC_ROUTES else "Professionals"
        assert text(route["Target"]) == f"integrations/${{{target}Integration}}", key


def test_the_api_asks_for_a_token_and_nothing_else_does():
    for key, route in routes().items():
        assert route["AuthorizationType"] == ("JWT" if key == "ANY /v1/{proxy+}" else "NONE"), key


def test_the_token_comes_from_one_issuer_for_one_audience():
    (authorizer,) = of_type("AWS::ApiGatewayV2::Authorizer").values()
    assert authorizer["Properties"]["JwtConfiguration"] == {
        "Issuer": {"Ref": "JwtIssuer"}, "Audience": [{"Ref": "JwtAudience"}]}


def test_every_integration_uses_the_second_payload_format():
    for integration in of_type("AWS::ApiGatewayV2::Integration").values():
        assert integration["Properties"]["PayloadFormatVersion"] == "2.0"
        assert integration["Properties"]["IntegrationType"] == "AWS_PROXY"


def test_the_gateway_may_call_only_the_two_http_functions():
    called = {text(p["Properties"]["FunctionName"]) for p in of_type("AWS::Lambda::Permission").values()}
    assert called == {"IntakeFunction", "ProfessionalsFunction"}
    for permission in of_type("AWS::Lambda::Permission").values():
        assert {"SourceArn", "SourceAccount"} <= set(permission["Properties"])


def test_every_route_is_throttled_and_the_deposit_more_than_the_rest():
    stage = RESOURCES["HttpStage"]["Properties"]
    default = stage["DefaultRouteSettings"]
    assert {"ThrottlingBurstLimit", "ThrottlingRateLimit"} <= set(default)
    for key in ("POST /v1/demandes", "POST /suivi"):
        assert stage["RouteSettings"][key]["ThrottlingRateLimit"] < default["ThrottlingRateLimit"]
    assert set(stage["RouteSettings"]) <= set(routes())


def test_the_stage_waits_for_the_routes_that_it_throttles():
    stage = RESOURCES["HttpStage"]
    awaited = {RESOURCES[r]["Properties"]["RouteKey"] for r in as_list(stage["DependsOn"])}
    assert awaited == set(stage["Properties"]["RouteSettings"])


def test_access_logs_hold_no_personal_data():
    logged = json.loads(RESOURCES["HttpStage"]["Properties"]["AccessLogSettings"]["Format"])
    assert set(logged.values()) == {
        "$context.requestId", "$context.requestTimeEpoch", "$context.routeKey", "$context.status",
        "$context.responseLatency", "$context.integrationStatus"}


# ── Schedules ────────────────────────────────────────────────────────────────────────────────


def schedules():
    return {r["Properties"]["Name"]: r["Properties"] for r in of_type("AWS::Scheduler::Schedule").values()}


def test_the_checks_and_the_sweep_ring_every_hour_and_the_relay_every_five_minutes():
    assert {n: s["ScheduleExpression"] for n, s in schedules().items()} == {
        "controle": "cron(0 * * * ? *)", "fichiers": "cron(15 * * * ? *)", "balayage": "cron(30 * * * ? *)", "relais": "rate(5 minutes)"}


def test_every_schedule_keeps_paris_time():
    assert {s["ScheduleExpressionTimezone"] for s in schedules().values()} == {"Europe/Paris"}


def test_a_schedule_names_its_task():
    for name, schedule in schedules().items():
        assert json.loads(schedule["Target"]["Input"]) == {"tache": name}
        assert text(schedule["Target"]["Arn"]) == "SweepFunction.Arn"


def test_a_schedule_that_fails_is_tried_again_then_kept():
    for name, schedule in schedules().items():
        assert schedule["Target"]["RetryPolicy"]["MaximumRetryAttempts"] == 3, name
        assert text(schedule["Target"]["DeadLetterConfig"]["Arn"]) == "SchedulesDeadLetters.Arn", name
    assert text(function("sweep")["DeadLetterConfig"]["TargetArn"]) == "SchedulesDeadLetters.Arn"


def test_the_schedules_may_only_call_sweep_and_keep_what_failed():
    allowed = {(a, text(s["Resource"])) for r, s in every_identity_statement() if r == "SchedulesRole"
               for a in as_list(s["Action"])}
    assert allowed == {("lambda:InvokeFunction", "SweepFunction.Arn"), ("sqs:SendMessage", "SchedulesDeadLetters.Arn"),
                       ("kms:Decrypt", "AtRestKey.Arn"), ("kms:GenerateDataKey", "AtRestKey.Arn")}


# ── Alarms ───────────────────────────────────────────────────────────────────────────────────


def alarms(metric):
    """The resources that an alarm on this metric watches."""
    return {text(d["Value"]).split(".")[0] for a in of_type("AWS::CloudWatch::Alarm").values()
            if a["Properties"]["MetricName"] == metric for d in a["Properties"]["Dimensions"]}


def test_every_dead_letter_rings():
    assert alarms("ApproximateNumberOfMessagesVisible") == set(dead_letter_queues())
    for alarm in of_type("AWS::CloudWatch::Alarm").values():
        if alarm["Properties"]["MetricName"] == "ApproximateNumberOfMessagesVisible":
            assert (alarm["Properties"]["Threshold"], alarm["Properties"]["EvaluationPeriods"]) == (0, 1)


def test_every_queue_that_waits_rings():
    assert alarms("ApproximateAgeOfOldestMessage") == set(living_queues())


@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_every_function_that_fails_or_is_held_back_rings(metric):
    assert alarms(metric) == {f"{name.capitalize()}Function" for name in FUNCTIONS}


def test_internal_errors_ring():
    assert alarms("5xx") == {"HttpApi"}


def test_an_alarm_says_what_to_do_and_whom_to_tell():
    for name, alarm in of_type("AWS::CloudWatch::Alarm").items():
        assert len(alarm["Properties"]["AlarmDescription"]) > 40, name
        assert alarm["Properties"]["AlarmActions"]["Fn::If"][0] == "HasAlarmTopic", name
        assert alarm["Properties"]["TreatMissingData"] == "notBreaching", name


# ── Parameters and deployment ────────────────────────────────────────────────────────────────


def test_every_parameter_is_checked():
    for name, parameter in RAW["Parameters"].items():
        assert {"AllowedPattern", "AllowedValues", "MinValue"} & set(parameter), name
        assert parameter["Description"], name


@pytest.mark.parametrize("value,accepted", [
    ("77", True), ("77,93", True), ("2A,2B,974", True), ("", False), ("96", False), ("77;93", False), ("77,", False)])
def test_the_departments_served_are_real_codes(value, accepted):
    assert bool(re.fullmatch(RAW["Parameters"]["Territoires"]["AllowedPattern"], value)) is accepted


@pytest.mark.parametrize("name", ["JwtIssuer", "JwksUrl"])
def test_the_issuer_is_reached_by_tls(name):
    pattern = RAW["Parameters"][name]["AllowedPattern"]
    assert re.fullmatch(pattern, "https://connexion.example.fr/realms/agents")
    assert not re.fullmatch(pattern, "http://connexion.example.fr/realms/agents")


@pytest.mark.parametrize("stage", ["dev", "recette", "prod"])
def test_each_stage_deploys_to_paris(stage):
    import tomllib
    config = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))
    deploy = config[stage]["deploy"]["parameters"]
    assert deploy["region"] == "eu-west-3"
    assert deploy["stack_name"] == f"spie-{stage}"
    assert f"Stage={stage}" in deploy["parameter_overrides"]
    assert deploy["confirm_changeset"] is (stage != "dev")
    given = {pair.split("=", 1)[0] for pair in deploy["parameter_overrides"]}
    required = {n for n, p in RAW["Parameters"].items() if "Default" not in p}
    assert required <= given <= set(RAW["Parameters"])


def test_the_excused_checks_all_have_a_reason():
    for name in (".checkov.yaml", ".cfnlintrc.yaml"):
        lines = (Path(ROOT) / "infra" / name).read_text(encoding="utf-8").splitlines()
        for before, line in zip(lines, lines[1:]):
            if re.match(r"\s+- [A-Z]", line):
                assert before.strip().startswith("#"), (name, line)
    for name, resource in RAW["Resources"].items():
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", []):
            assert len(skip["comment"]) > 20, name
