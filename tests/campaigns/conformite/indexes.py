"""The indexes of DynamoDB: who is in them, in what order, how a page is cut and taken up again."""

from registry import DYNAMODB_API, DYNAMODB_GUIDE, case, expect, refused, same
from writes import put, update

SPARSE = DYNAMODB_GUIDE + "bp-indexes-general-sparse-indexes.html"
INDEX = DYNAMODB_GUIDE + "GSI.html"
QUERY = DYNAMODB_API + "API_Query.html"


def row(place, name, state, due):
    put(place, name, file_pk={"S": f"77#{place.scope}-{state}"}, file_sk={"S": due}, autre={"S": "x"})


def page(place, state, until=None, **more):
    """One page of the index `file`."""
    values = {":pk": {"S": f"77#{place.scope}-{state}"}}
    condition = "file_pk = :pk"
    if until:
        condition += " AND file_sk <= :until"
        values[":until"] = {"S": until}
    return place.db.query(TableName="dossiers", IndexName="file", KeyConditionExpression=condition,
                          ExpressionAttributeValues=values, **more)


def names(place, answer):
    return [item["pk"]["S"].removeprefix(place.key("")) for item in answer["Items"]]


@case("un objet sans les clés d’un index n’y est pas", service="dynamodb", page=SPARSE)
def sparse_index(place):
    put(place, "sans")
    put(place, "a-demi", file_pk={"S": f"77#{place.scope}-x"})
    row(place, "avec", "x", "2026-01-01")
    same(names(place, page(place, "x")), ["avec"], "l’index")


@case("un objet entre dans l’index, y change de place, et en sort", service="dynamodb", page=SPARSE)
def index_follows_the_item(place):
    put(place, "a")
    same(names(place, page(place, "x")), [], "avant")
    keys = {":pk": {"S": f"77#{place.scope}-x"}, ":sk": {"S": "2026-01-01"}}
    update(place, "a", "SET file_pk = :pk, file_sk = :sk", ExpressionAttributeValues=keys)
    same(names(place, page(place, "x")), ["a"], "entré")
    row(place, "a", "y", "2026-01-02")
    same((names(place, page(place, "x")), names(place, page(place, "y"))), ([], ["a"]), "déplacé")
    update(place, "a", "REMOVE file_pk")
    same(names(place, page(place, "y")), [], "sorti")


@case("l’index est trié par sa clé de tri, en octets", service="dynamodb", page=QUERY)
def index_order(place):
    for name, due in (("c", "2026-10-01"), ("a", "2026-02-01"), ("e", "é"), ("b", "2026-02-01T00:00:00Z"), ("z", "Z")):
        row(place, name, "x", due)
    same(names(place, page(place, "x")), ["a", "b", "c", "z", "e"], "l’ordre")


@case("la borne <= de la clé de tri est comprise", service="dynamodb", page=QUERY)
def index_range(place):
    for name, due in (("a", "2026-01-01"), ("b", "2026-01-02"), ("c", "2026-01-03")):
        row(place, name, "x", due)
    same(names(place, page(place, "x", "2026-01-02")), ["a", "b"], "ce qui est dû")


@case("un index KEYS_ONLY ne rend que les clés", service="dynamodb", page=INDEX)
def keys_only(place):
    row(place, "a", "x", "2026-01-01")
    same(set(page(place, "x")["Items"][0]), {"pk", "file_pk", "file_sk"}, "les attributs")


@case("Limit coupe la page ; LastEvaluatedKey porte les clés de l’index et de la table, et la suite reprend là",
      service="dynamodb", page=QUERY)
def limit_cuts(place):
    for number in range(5):
        row(place, str(number), "x", "2026-01-01" if number < 3 else "2026-01-02")
    seen, start, pages = [], None, 0
    while True:
        answer = page(place, "x", Limit=2, **({"ExclusiveStartKey": start} if start else {}))
        seen += names(place, answer)
        pages += 1
        start = answer.get("LastEvaluatedKey")
        if not start:
            break
        same(set(start), {"pk", "file_pk", "file_sk"}, "la dernière clé")
        expect(pages < 5, "les pages ne finissent pas")
    same(sorted(seen), ["0", "1", "2", "3", "4"], "chaque objet une fois")


@case("une page rendue par Limit à la fin exacte peut encore annoncer une suite, qui est vide",
      service="dynamodb", page=QUERY)
def limit_at_the_end(place):
    for number in range(2):
        row(place, str(number), "x", "2026-01-01")
    answer = page(place, "x", Limit=2)
    expect("LastEvaluatedKey" in answer, "aucune suite annoncée alors que Limit a été atteint")
    follow = page(place, "x", Limit=2, ExclusiveStartKey=answer["LastEvaluatedKey"])
    same((follow["Items"], follow.get("LastEvaluatedKey")), ([], None), "la suite")


@case("une suite demandée depuis une autre partition est refusée", service="dynamodb", page=QUERY)
def start_in_another_partition(place):
    row(place, "a", "x", "2026-01-01")
    refused("ValidationException", page, place=place, state="x", ExclusiveStartKey={
        "pk": {"S": place.key("a")}, "file_pk": {"S": "77#ailleurs"}, "file_sk": {"S": "2026-01-01"}})


@case("une suite demandée au-delà de la borne est refusée", service="dynamodb", page=QUERY)
def start_beyond_the_range(place):
    row(place, "a", "x", "2026-01-01")
    refused("ValidationException", page, place=place, state="x", until="2026-01-02", ExclusiveStartKey={
        "pk": {"S": place.key("a")}, "file_pk": {"S": f"77#{place.scope}-x"}, "file_sk": {"S": "2027-01-01"}})


@case("une suite demandée depuis un objet disparu reprend à sa place", service="dynamodb", page=QUERY)
def start_from_a_gone_item(place):
    for name in "abc":
        row(place, name, "x", f"2026-01-0{ord(name) - 96}")
    first = page(place, "x", Limit=2)
    row(place, "b", "ailleurs", "2026-01-02")
    rest = page(place, "x", ExclusiveStartKey=first["LastEvaluatedKey"])
    same(names(place, rest), ["c"], "la suite")


@case("une lecture cohérente d’un index est refusée", service="dynamodb", page=QUERY)
def consistent_read_of_an_index(place):
    refused("ValidationException", page, place=place, state="x", ConsistentRead=True)


@case("une clé d’index vide, ou d’un autre type, est refusée", service="dynamodb",
      page=DYNAMODB_GUIDE + "HowItWorks.NamingRulesDataTypes.html")
def wrong_index_key(place):
    for value in ({"S": ""}, {"N": "1"}):
        refused("ValidationException", put, place=place, name="a", file_pk={"S": "77#x"}, file_sk=value)
