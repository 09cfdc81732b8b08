"""The peer that writes, then sends, without an outbox: the state itself tells a message that was already treated."""

import json

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

from assignment import Assignment, state


def handler():
    """The function of one process."""
    step = Assignment()
    processor = BatchProcessor(event_type=EventType.SQS)

    def handle(record):
        message = json.loads(record.body)
        dossier = step.read(message)
        if state(dossier) != "oriente":
            return  # a copy: it was treated
        step.assign(message, dossier)  # refused if somebody else treats it now: the message comes again
        step.tell_the_carnet(message)

    def function(event, context):
        return process_partial_response(event=event, record_handler=handle, processor=processor, context=context)

    return function
