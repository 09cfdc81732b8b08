"""The loop of a function in Python, as `awslambdaric`: asks for an event, has it handled, answers."""

import http.client
import json
import os
import time

RUNTIME = "/2018-06-01/runtime/invocation/"


class Context:
    """What a handler is told of its invocation."""

    def __init__(self, headers):
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(self._deadline - int(time.time() * 1000), 0)


def serve(handler):
    """Serves until it is killed."""
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        connection.request("GET", f"{RUNTIME}next")
        given = connection.getresponse()
        event = json.loads(given.read())
        context = Context(given.headers)
        try:
            kind, answer = "response", handler(event, context)
        except Exception as error:  # whatever it is, Lambda is told, and gives the batch again
            kind, answer = "error", {"errorType": type(error).__name__, "errorMessage": str(error)}
        connection.request("POST", f"{RUNTIME}{context.aws_request_id}/{kind}", json.dumps(answer).encode())
        connection.getresponse().read()
