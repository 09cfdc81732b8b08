"""The clients of a process, opened after its fork; what they share is read before."""

import os

import boto3
from botocore.config import Config

SERVICES = ("dynamodb", "sqs", "s3")
# As many attempts and as much patience as the functions of the product.
CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=2, read_timeout=5,
    s3={"addressing_style": "path"}, request_checksum_calculation="when_required")

session = boto3.session.Session(region_name="eu-west-3")


def warm_up():
    """Reads every description once, by opening clients that are never used."""
    for service in SERVICES:
        session.client(service, endpoint_url="http://127.0.0.1:1", aws_access_key_id="x", aws_secret_access_key="x",
                       config=CONFIG)


def client(service):
    """A client under this process's credentials."""
    return session.client(
        service, endpoint_url=os.environ["AWS_ENDPOINT_URL"], config=CONFIG,
        aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=os.environ["AWS_SECRET_ACCESS_KEY"])


def table(name):
    return f"{os.environ['TABLE_PREFIX']}{name}"
