"""The peer that checks that a reminder has not left, sends it, then records that it has."""

import json
import os
import uuid

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

import aws
from assignment import pk


def handler():
    """The function of one process."""
    store, documents = aws.client("dynamodb"), aws.client("s3")
    processor = BatchProcessor(event_type=EventType.SQS)

    def handle(record):
        message = json.loads(record.body)
        key = {"pk": {"S": pk(message)}, "sk": {"S": f"rappel#{message['id']}"}}
        known = store.get_item(TableName=aws.table("envois"), Key=key, ConsistentRead=True)
        if "Item" in known:
            return  # it has left
        # What a person receives: under a random name, as a provider without keys takes it; it says its cause, by which
        # a provider that knows keys would tell it.
        name = f"envois/{message['territoire']}/{message['subject']}/{uuid.uuid4()}.json"
        documents.put_object(Bucket=os.environ["DOCUMENTS_BUCKET"], Key=name, ContentType="application/json",
                             Body=json.dumps({"cause": message["id"]}).encode())
        store.put_item(TableName=aws.table("envois"), Item={**key, "etat": {"S": "envoye"}})

    def function(event, context):
        return process_partial_response(event=event, record_handler=handle, processor=processor, context=context)

    return function
