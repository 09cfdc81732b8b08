"""The step `carnet` as it is written in Python: boto3, and the idempotency and batches of Powertools.

It does less than ours, which also reads the dossier again before it writes: the comparison is at our expense.
"""

import json
import os
from datetime import datetime

import boto3
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)

PREFIX = os.environ["TABLE_PREFIX"]
carnets = boto3.client("dynamodb")
processor = BatchProcessor(event_type=EventType.SQS)
remembered = DynamoDBPersistenceLayer(table_name=f"{PREFIX}idempotence")
config = IdempotencyConfig(event_key_jmespath="id")


@idempotent_function(data_keyword_argument="message", persistence_store=remembered, config=config)
def write(message):
    """Writes the entry that an orientation or a référent leaves in the carnet, if it is not there."""
    fact = message["data"]
    content = ("referent", ("referent",)) if "referent" in fact else ("orientation", ("parcours", "organisme"))
    entry = {
        "pk": f"{message['territoire']}#{message['subject']}", "sk": f"entree#{message['id']}", "v": 1,
        "le": datetime.fromisoformat(message["time"]).isoformat(timespec="microseconds"),
        "auteur": "parcours", "nature": content[0], **{name: fact[name] for name in content[1]},
    }
    item = {name: {"N": str(it)} if isinstance(it, int) else {"S": it} for name, it in entry.items()}
    carnets.put_item(TableName=f"{PREFIX}carnets", Item=item, ConditionExpression="attribute_not_exists(pk)")


def handle(record):
    """One message of the batch."""
    write(message=json.loads(record.body))


def handler(event, context):
    """One batch: what failed stays on the queue."""
    config.register_lambda_context(context)
    return process_partial_response(event=event, record_handler=handle, processor=processor, context=context)
