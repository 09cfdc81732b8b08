"""The peer that relies on the idempotency of Powertools for AWS Lambda (Python), as its documentation shows.

https://docs.powertools.aws.dev/lambda/python/latest/utilities/idempotency/ : a persistence layer on a table, the key
taken from the message's own id, the context registered so that an attempt that died is tried again once its time is
over, records kept for the default hour, and batches that fail in part.
"""

import json

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, IdempotencyConfig, idempotent_function

import aws
from assignment import Assignment, state


def handler():
    """The function of one process."""
    step = Assignment()
    processor = BatchProcessor(event_type=EventType.SQS)
    config = IdempotencyConfig(event_key_jmespath="id")
    remembered = DynamoDBPersistenceLayer(table_name=aws.table("idempotence"), boto3_client=aws.client("dynamodb"))

    @idempotent_function(data_keyword_argument="message", persistence_store=remembered, config=config)
    def treat(message):
        dossier = step.read(message)
        if state(dossier) == "oriente":
            step.assign(message, dossier)
        # Treated already, by an attempt that died before it was remembered: nothing tells whether it had sent.
        step.tell_the_carnet(message)
        return {"cause": message["id"]}

    def handle(record):
        treat(message=json.loads(record.body))

    def function(event, context):
        config.register_lambda_context(context)
        return process_partial_response(event=event, record_handler=handle, processor=processor, context=context)

    return function
