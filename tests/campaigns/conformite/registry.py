"""What a case of conformance is: a rule about AWS, the page that states it, and a function that tries it."""

import dataclasses
import typing

from botocore.exceptions import ClientError

DYNAMODB_API = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/"
DYNAMODB_GUIDE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
SQS_API = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/"
SQS_GUIDE = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/"
LAMBDA_GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg/"
S3_GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/"
KMS_API = "https://docs.aws.amazon.com/kms/latest/APIReference/"

CASES = []


class Divergence(Exception):
    """The emulator does not do what the page says."""


@dataclasses.dataclass(frozen=True)
class Case:
    """One rule, and how it is tried."""

    name: str
    rule: str
    service: str
    page: str
    slow: bool
    run: typing.Callable


def case(rule, *, service, page, slow=False):
    """Registers a function as a case. It is given a `Place` of its own, and raises when the rule does not hold."""

    def register(function):
        CASES.append(Case(function.__name__, rule, service, page, slow, function))
        return function

    return register


def expect(holds, saying):
    """Diverges, with these words, unless it holds."""
    if not holds:
        raise Divergence(saying)


def same(found, wanted, what):
    """Diverges unless what is found is what AWS gives."""
    expect(found == wanted, f"{what} : {_short(found)} au lieu de {_short(wanted)}")


def refused(codes, call, **request):
    """Diverges unless the call is refused with one of these codes; returns the whole answer."""
    codes = (codes,) if isinstance(codes, str) else codes
    try:
        call(**request)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        expect(code in codes, f"refusé par {code} au lieu de {' ou '.join(codes)}")
        return error.response
    raise Divergence(f"accepté, au lieu d’être refusé par {codes[0]}")


def _short(value):
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}…"
