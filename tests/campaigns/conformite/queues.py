"""SQS as the product uses it: batches, visibility, redelivery, dead letters, delays."""

import json
import time

from registry import SQS_API, SQS_GUIDE, case, expect, refused, same

BATCH = SQS_API + "API_SendMessageBatch.html"
VISIBILITY = SQS_GUIDE + "sqs-visibility-timeout.html"
DEAD = SQS_GUIDE + "sqs-dead-letter-queues.html"
# Given up after so many seconds; what holds is seen much sooner, on the slowest machine too.
PATIENCE = 120
# Hides what was received for longer than any case lasts.
LONG = 300


def queue(place, name="f", **attributes):
    """A new queue of this case alone; its messages hide for one second once received."""
    given = {"VisibilityTimeout": "1", **{key: str(value) for key, value in attributes.items()}}
    return place.sqs.create_queue(QueueName=f"{place.scope}-{name}", Attributes=given)["QueueUrl"]


def arn(place, url):
    return place.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def send(place, url, *bodies):
    entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
    answer = place.sqs.send_message_batch(QueueUrl=url, Entries=entries)
    same(answer.get("Failed", []), [], "les refus")
    return answer


def receive(place, url, wait=0, **more):
    answer = place.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=wait,
                                       MessageSystemAttributeNames=["ApproximateReceiveCount"], **more)
    return answer.get("Messages", [])


def until(condition, saying):
    """Asks again until the condition gives something; diverges after a while, with these words."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    expect(False, saying)


def depth(place, url):
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible",
             "ApproximateNumberOfMessagesDelayed"]
    found = place.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)


def redriven(place, attempts, hidden=1):
    """A queue whose messages go to the dead letters after this many receptions, and the dead letters."""
    dead = queue(place, "morts")
    policy = json.dumps({"deadLetterTargetArn": arn(place, dead), "maxReceiveCount": attempts})
    return queue(place, "vifs", RedrivePolicy=policy, VisibilityTimeout=hidden), dead


@case("un lot de dix messages part, et chaque entrée a son résultat", service="sqs", page=BATCH)
def batch_of_ten(place):
    url = queue(place, VisibilityTimeout=LONG)
    answer = send(place, url, *(f"m{number}" for number in range(10)))
    same({it["Id"] for it in answer["Successful"]}, {str(number) for number in range(10)}, "les entrées")
    got = []
    until(lambda: len(got.extend(it["Body"] for it in receive(place, url)) or got) >= 10, "les dix n’arrivent pas")
    same(sorted(got), sorted(f"m{number}" for number in range(10)), "les corps")


@case("un lot de plus de dix messages est refusé", service="sqs", page=BATCH)
def batch_of_eleven(place):
    url = queue(place)
    refused("AWS.SimpleQueueService.TooManyEntriesInBatchRequest", place.sqs.send_message_batch, QueueUrl=url,
            Entries=[{"Id": str(number), "MessageBody": "m"} for number in range(11)])
    same(depth(place, url), 0, "la file")


@case("un lot qui nomme deux fois une entrée est refusé", service="sqs", page=BATCH)
def batch_ids_distinct(place):
    refused("AWS.SimpleQueueService.BatchEntryIdsNotDistinct", place.sqs.send_message_batch,
            QueueUrl=queue(place), Entries=[{"Id": "0", "MessageBody": body} for body in "ab"])


@case("un lot de plus de 1 Mio est refusé en entier", service="sqs",
      page=SQS_GUIDE + "quotas-messages.html")
def batch_too_large(place):
    url = queue(place)
    refused("AWS.SimpleQueueService.BatchRequestTooLong", place.sqs.send_message_batch, QueueUrl=url,
            Entries=[{"Id": str(number), "MessageBody": "x" * (600 * 1024)} for number in range(2)])
    same(depth(place, url), 0, "la file")


@case("un message de plus de 1 Mio est refusé", service="sqs", page=SQS_GUIDE + "quotas-messages.html")
def message_too_large(place):
    refused("InvalidParameterValue", place.sqs.send_message, QueueUrl=queue(place),
            MessageBody="x" * (1024 * 1024 + 1))


@case("un message reçu se cache, revient quand on le libère ou que son délai passe, et compte ses réceptions",
      service="sqs", page=VISIBILITY, slow=True)
def visibility(place):
    url = queue(place, VisibilityTimeout=LONG)
    send(place, url, "m")
    (first,) = until(lambda: receive(place, url), "le message n’arrive pas")
    same(first["Attributes"]["ApproximateReceiveCount"], "1", "la première réception")
    same(receive(place, url), [], "pendant qu’il est caché")
    place.sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"], VisibilityTimeout=0)
    (second,) = until(lambda: receive(place, url, VisibilityTimeout=1), "le message libéré ne revient pas")
    (third,) = until(lambda: receive(place, url), "le message dont le délai est passé ne revient pas")
    same([it["Attributes"]["ApproximateReceiveCount"] for it in (second, third)], ["2", "3"], "les réceptions")
    same({it["MessageId"] for it in (second, third)}, {first["MessageId"]}, "c’est le même message")


@case("un message effacé ne revient pas", service="sqs", page=SQS_API + "API_DeleteMessage.html", slow=True)
def deleted_for_good(place):
    url = queue(place)
    send(place, url, "m")
    (got,) = until(lambda: receive(place, url), "le message n’arrive pas")
    place.sqs.delete_message(QueueUrl=url, ReceiptHandle=got["ReceiptHandle"])
    same(depth(place, url), 0, "la file")
    same(receive(place, url, wait=2), [], "après le délai")


@case("après maxReceiveCount réceptions, un message est aux lettres mortes", service="sqs", page=DEAD, slow=True)
def dead_letters(place):
    url, dead = redriven(place, attempts=2)
    send(place, url, "m")
    for _ in range(2):
        until(lambda: receive(place, url), "le message n’arrive pas")
    until(lambda: not receive(place, url) and depth(place, dead) == 1, "le message n’est pas aux lettres mortes")
    same([it["Body"] for it in receive(place, dead)], ["m"], "les lettres mortes")
    same(depth(place, url), 0, "la file")


@case("les lettres mortes se remettent dans leur file", service="sqs",
      page=SQS_API + "API_StartMessageMoveTask.html", slow=True)
def dead_letters_redriven(place):
    url, dead = redriven(place, attempts=1)
    send(place, url, "m")
    until(lambda: receive(place, url), "le message n’arrive pas")
    until(lambda: not receive(place, url) and depth(place, dead) == 1, "le message n’est pas aux lettres mortes")
    place.sqs.start_message_move_task(SourceArn=arn(place, dead))
    (got,) = until(lambda: receive(place, url), "le message ne revient pas")
    same((got["Body"], depth(place, dead)), ("m", 0), "le message, et les lettres mortes")


@case("un message différé n’arrive qu’après son délai", service="sqs",
      page=SQS_GUIDE + "sqs-message-timers.html", slow=True)
def delayed(place):
    url = queue(place)
    sent = time.monotonic()
    place.sqs.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=2)
    until(lambda: receive(place, url), "le message n’arrive pas")
    expect(time.monotonic() - sent >= 2, "le message est arrivé avant son délai")
