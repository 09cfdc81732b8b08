"""Transactions of DynamoDB: all or nothing, the reasons of a cancellation, the token that makes one repeatable."""

from registry import DYNAMODB_API, case, expect, refused, same
from writes import put, read, update

PAGE = DYNAMODB_API + "API_TransactWriteItems.html"
CANCELLED = "TransactionCanceledException"


def new(place, name, **attributes):
    """Writes an item that must not be there."""
    return {"Put": {"TableName": "dossiers", "Item": {"pk": {"S": place.key(name)}, **attributes},
                    "ConditionExpression": "attribute_not_exists(pk)"}}


def take(place, name, returning=None):
    """Takes a place in a counter that has room."""
    asked = {"TableName": "dossiers", "Key": {"pk": {"S": place.key(name)}},
             "UpdateExpression": "SET actifs = actifs + :one",
             "ConditionExpression": "attribute_exists(pk) AND actifs < capacite",
             "ExpressionAttributeValues": {":one": {"N": "1"}}}
    return {"Update": asked | ({"ReturnValuesOnConditionCheckFailure": returning} if returning else {})}


def codes(answer):
    return [reason.get("Code") for reason in answer["CancellationReasons"]]


@case("une transaction écrit tout", service="dynamodb", page=PAGE)
def transaction_writes_all(place):
    put(place, "place", actifs={"N": "0"}, capacite={"N": "1"})
    place.db.transact_write_items(TransactItems=[new(place, "a"), take(place, "place")])
    expect(read(place, "a") is not None, "le premier objet n’est pas écrit")
    same(read(place, "place")["actifs"], {"N": "1"}, "le compte")


@case("une transaction dont une condition est fausse n’écrit rien", service="dynamodb", page=PAGE)
def transaction_writes_nothing(place):
    put(place, "pleine", actifs={"N": "1"}, capacite={"N": "1"})
    put(place, "libre", actifs={"N": "0"}, capacite={"N": "1"})
    refused(CANCELLED, place.db.transact_write_items,
            TransactItems=[new(place, "a"), take(place, "libre"), take(place, "pleine")])
    same(read(place, "a"), None, "l’objet nouveau")
    same(read(place, "libre")["actifs"], {"N": "0"}, "le compte qui avait de la place")


@case("les motifs d’une annulation viennent dans l’ordre des objets, None pour ceux qui allaient",
      service="dynamodb", page=PAGE)
def reasons_in_order(place):
    put(place, "libre", actifs={"N": "0"}, capacite={"N": "1"})
    put(place, "pleine", actifs={"N": "1"}, capacite={"N": "1"})
    answer = refused(CANCELLED, place.db.transact_write_items,
                     TransactItems=[new(place, "a"), take(place, "pleine"), take(place, "libre")])
    same(codes(answer), ["None", "ConditionalCheckFailed", "None"], "les motifs")


@case("toutes les conditions fausses sont dites, pas seulement la première", service="dynamodb", page=PAGE)
def every_reason_is_told(place):
    put(place, "a")
    put(place, "pleine", actifs={"N": "1"}, capacite={"N": "1"})
    answer = refused(CANCELLED, place.db.transact_write_items,
                     TransactItems=[new(place, "a"), take(place, "pleine")])
    same(codes(answer), ["ConditionalCheckFailed", "ConditionalCheckFailed"], "les motifs")


@case("ALL_OLD dans une transaction rend l’objet plein, et rien pour l’objet absent", service="dynamodb", page=PAGE)
def reason_returns_item(place):
    put(place, "pleine", actifs={"N": "1"}, capacite={"N": "1"})
    full, unknown = (
        refused(CANCELLED, place.db.transact_write_items,
                TransactItems=[new(place, "a"), take(place, name, "ALL_OLD")])["CancellationReasons"][1]
        for name in ("pleine", "inconnue"))
    same(full.get("Item", {}).get("actifs"), {"N": "1"}, "l’objet plein")
    expect(not unknown.get("Item"), "un objet absent est rendu")


@case("une transaction vérifie une condition sur un autre objet sans l’écrire", service="dynamodb", page=PAGE)
def condition_check_on_another(place):
    put(place, "temoin", revision={"N": "1"})

    def write(revision):
        place.db.transact_write_items(TransactItems=[
            {"ConditionCheck": {"TableName": "dossiers", "Key": {"pk": {"S": place.key("temoin")}},
                                "ConditionExpression": "revision = :r",
                                "ExpressionAttributeValues": {":r": {"N": revision}}}},
            new(place, "a")])

    same(codes(refused(CANCELLED, write, revision="2")), ["ConditionalCheckFailed", "None"], "les motifs")
    write("1")
    expect(read(place, "a") is not None, "l’objet n’est pas écrit")


@case("deux changements du même objet dans une transaction sont refusés", service="dynamodb", page=PAGE)
def same_item_twice(place):
    put(place, "a", actifs={"N": "0"}, capacite={"N": "9"})
    refused("ValidationException", place.db.transact_write_items,
            TransactItems=[take(place, "a"), take(place, "a")])
    same(read(place, "a")["actifs"], {"N": "0"}, "le compte")


@case("la même transaction sous le même ClientRequestToken n’est faite qu’une fois", service="dynamodb", page=PAGE)
def token_replayed(place):
    put(place, "a", actifs={"N": "0"}, capacite={"N": "9"})
    for _ in range(2):
        place.db.transact_write_items(TransactItems=[take(place, "a")], ClientRequestToken=f"{place.scope}-1")
    same(read(place, "a")["actifs"], {"N": "1"}, "le compte")


@case("le même ClientRequestToken pour une autre transaction est refusé", service="dynamodb", page=PAGE)
def token_mismatch(place):
    put(place, "a", actifs={"N": "0"}, capacite={"N": "9"})
    place.db.transact_write_items(TransactItems=[take(place, "a")], ClientRequestToken=f"{place.scope}-2")
    refused("IdempotentParameterMismatchException", place.db.transact_write_items,
            TransactItems=[new(place, "b")], ClientRequestToken=f"{place.scope}-2")


@case("une transaction de plus de cent objets est refusée", service="dynamodb", page=PAGE)
def transaction_too_long(place):
    refused("ValidationException", place.db.transact_write_items,
            TransactItems=[new(place, str(number)) for number in range(101)])
    same(read(place, "0"), None, "le premier objet")


@case("un compte changé hors de la transaction décide de la suivante", service="dynamodb", page=PAGE)
def transaction_sees_last_write(place):
    put(place, "place", actifs={"N": "0"}, capacite={"N": "1"})
    place.db.transact_write_items(TransactItems=[new(place, "a"), take(place, "place")])
    answer = refused(CANCELLED, place.db.transact_write_items,
                     TransactItems=[new(place, "b"), take(place, "place")])
    same(codes(answer), ["None", "ConditionalCheckFailed"], "les motifs")
    update(place, "place", "SET actifs = actifs - :one", ExpressionAttributeValues={":one": {"N": "1"}})
    place.db.transact_write_items(TransactItems=[new(place, "b"), take(place, "place")])
