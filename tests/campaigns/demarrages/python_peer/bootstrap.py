"""The runtime loop of the Python peer: asks for an event, has it handled, answers; what `awslambdaric` does, and no more."""

import http.client
import json
import os
from types import SimpleNamespace

from handler import handler

RUNTIME = "/2018-06-01/runtime/invocation/"


def main():
    """Serves until it is killed."""
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        connection.request("GET", f"{RUNTIME}next")
        given = connection.getresponse()
        event = json.loads(given.read())
        request = given.headers["Lambda-Runtime-Aws-Request-Id"]
        deadline = int(given.headers["Lambda-Runtime-Deadline-Ms"])
        context = SimpleNamespace(
            aws_request_id=request, function_name="carnet", memory_limit_in_mb=256,
            invoked_function_arn=given.headers["Lambda-Runtime-Invoked-Function-Arn"],
            get_remaining_time_in_millis=lambda: deadline)
        answer = json.dumps(handler(event, context)).encode()
        connection.request("POST", f"{RUNTIME}{request}/response", answer)
        connection.getresponse().read()


main()
