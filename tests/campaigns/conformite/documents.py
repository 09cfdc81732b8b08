"""Documents written once in S3, and keys that KMS opens only for the context they were closed for."""

from registry import KMS_API, S3_GUIDE, case, expect, refused, same

ONCE = S3_GUIDE + "conditional-writes.html"
REGION = "eu-west-3"


def bucket(place):
    name = place.scope.replace("_", "-")
    place.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    return name


@case("un document écrit avec If-None-Match: * ne s’écrit qu’une fois, et le premier reste", service="s3", page=ONCE)
def first_write_wins(place):
    s3, name = place.client("s3"), bucket(place)
    s3.put_object(Bucket=name, Key="a", Body=b"premier", IfNoneMatch="*")
    answer = refused("PreconditionFailed", s3.put_object, Bucket=name, Key="a", Body=b"second", IfNoneMatch="*")
    same(answer["ResponseMetadata"]["HTTPStatusCode"], 412, "le statut HTTP")
    same(s3.get_object(Bucket=name, Key="a")["Body"].read(), b"premier", "le document")


@case("un document absent se lit comme NoSuchKey", service="s3", page=S3_GUIDE + "download-objects.html")
def absent_document(place):
    refused("NoSuchKey", place.client("s3").get_object, Bucket=bucket(place), Key="absent")


@case("un document effacé peut être écrit à nouveau avec If-None-Match: *", service="s3", page=ONCE)
def written_again_after_deletion(place):
    s3, name = place.client("s3"), bucket(place)
    s3.put_object(Bucket=name, Key="a", Body=b"premier", IfNoneMatch="*")
    s3.delete_object(Bucket=name, Key="a")
    s3.put_object(Bucket=name, Key="a", Body=b"second", IfNoneMatch="*")
    same(s3.get_object(Bucket=name, Key="a")["Body"].read(), b"second", "le document")


@case("une clé s’ouvre pour le contexte pour lequel elle a été fermée", service="kms", page=KMS_API + "API_Decrypt.html")
def right_context(place):
    kms = place.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    closed = kms.encrypt(KeyId=key, Plaintext=b"k" * 32, EncryptionContext={"contexte": "77"})["CiphertextBlob"]
    expect(b"k" * 32 not in closed, "la clé est lisible dans ce qui la ferme")
    opened = kms.decrypt(KeyId=key, CiphertextBlob=closed, EncryptionContext={"contexte": "77"})["Plaintext"]
    same(opened, b"k" * 32, "la clé")


@case("une clé ne s’ouvre ni pour un autre contexte, ni sans contexte", service="kms", page=KMS_API + "API_Decrypt.html")
def wrong_context(place):
    kms = place.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    closed = kms.encrypt(KeyId=key, Plaintext=b"k" * 32, EncryptionContext={"contexte": "77"})["CiphertextBlob"]
    refused("InvalidCiphertextException", kms.decrypt, KeyId=key, CiphertextBlob=closed,
            EncryptionContext={"contexte": "93"})
    refused("InvalidCiphertextException", kms.decrypt, KeyId=key, CiphertextBlob=closed)


@case("une clé ne s’ouvre pas par une autre clé maîtresse", service="kms", page=KMS_API + "API_Decrypt.html")
def wrong_key(place):
    kms = place.client("kms")
    one, other = (kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(2))
    closed = kms.encrypt(KeyId=one, Plaintext=b"k" * 32)["CiphertextBlob"]
    refused("IncorrectKeyException", kms.decrypt, KeyId=other, CiphertextBlob=closed)
