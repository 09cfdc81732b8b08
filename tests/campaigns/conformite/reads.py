"""Reads of DynamoDB by key, by batch and by partition, and where the service cuts them."""

from registry import DYNAMODB_API, DYNAMODB_GUIDE, case, expect, refused, same
from writes import put, read

BATCH = DYNAMODB_API + "API_BatchGetItem.html"
QUERY = DYNAMODB_API + "API_Query.html"
LIMITS = DYNAMODB_GUIDE + "Constraints.html"
TYPES = DYNAMODB_GUIDE + "HowItWorks.NamingRulesDataTypes.html"
KB = 1024


def side(place, sort, **attributes):
    place.db.put_item(TableName="referents",
                      Item={"pk": {"S": place.key("p")}, "sk": {"S": sort}, **attributes})


def partition(place, prefix=None, **more):
    values = {":pk": {"S": place.key("p")}} | ({":prefix": {"S": prefix}} if prefix else {})
    condition = "pk = :pk AND begins_with(sk, :prefix)" if prefix else "pk = :pk"
    return place.db.query(TableName="referents", ConsistentRead=True, KeyConditionExpression=condition,
                          ExpressionAttributeValues=values, **more)


def batch(place, keys, **more):
    return place.db.batch_get_item(RequestItems={"dossiers": {
        "Keys": [{"pk": {"S": place.key(key)}} for key in keys], "ConsistentRead": True, **more}})


@case("un objet absent se lit comme une absence, pas comme une erreur", service="dynamodb",
      page=DYNAMODB_API + "API_GetItem.html")
def read_absent(place):
    same(read(place, "a"), None, "l’objet")


@case("begins_with ne rend que les clés de tri qui commencent ainsi, dans l’ordre", service="dynamodb", page=QUERY)
def prefix_of_the_sort_key(place):
    for sort in ("trace#2", "dsp#1", "trace#1", "trace", "tracer#1"):
        side(place, sort)
    found = [item["sk"]["S"] for item in partition(place, "trace#")["Items"]]
    same(found, ["trace#1", "trace#2"], "les clés")


@case("une page s’arrête à 1 Mo et dit où reprendre", service="dynamodb", page=QUERY, slow=True)
def page_of_one_megabyte(place):
    for number in range(12):
        side(place, f"{number:02}", plein={"S": "x" * (100 * KB)})
    first = partition(place)
    expect(len(first["Items"]) in (10, 11), f"{len(first['Items'])} objets de 100 Ko en une page")
    expect("LastEvaluatedKey" in first, "aucune suite annoncée")
    rest = partition(place, ExclusiveStartKey=first["LastEvaluatedKey"])
    found = [item["sk"]["S"] for item in first["Items"] + rest["Items"]]
    same(found, [f"{number:02}" for number in range(12)], "chaque objet une fois")


@case("une lecture par lot de cent clés rend ce qui existe, et laisse le reste", service="dynamodb", page=BATCH)
def batch_of_a_hundred(place):
    for number in range(3):
        put(place, str(number))
    answer = batch(place, [str(number) for number in range(100)])
    found = sorted(item["pk"]["S"] for item in answer["Responses"]["dossiers"])
    same(found, [place.key(str(number)) for number in range(3)], "les objets")
    same(answer.get("UnprocessedKeys"), {}, "les clés laissées")


@case("une lecture par lot de plus de cent clés est refusée", service="dynamodb", page=BATCH)
def batch_too_long(place):
    refused("ValidationException", batch, place=place, keys=[str(number) for number in range(101)])


@case("une lecture par lot qui nomme deux fois une clé est refusée", service="dynamodb", page=BATCH)
def batch_with_duplicates(place):
    refused("ValidationException", batch, place=place, keys=["a", "b", "a"])


@case("au-delà de 16 Mo, une lecture par lot laisse des clés dans UnprocessedKeys, qui se redemandent telles quelles",
      service="dynamodb", page=BATCH, slow=True)
def batch_cut(place):
    names = [f"{number:02}" for number in range(44)]
    for name in names:
        put(place, name, plein={"S": "x" * (390 * KB)})
    first = batch(place, names)
    left = first.get("UnprocessedKeys")
    expect(left and 0 < len(first["Responses"]["dossiers"]) < 44, "les 17 Mo sont rendus d’un coup")
    same(left["dossiers"].get("ConsistentRead"), True, "la demande laissée reste cohérente")
    rest = place.db.batch_get_item(RequestItems=left)
    found = sorted(item["pk"]["S"] for it in (first, rest) for item in it["Responses"]["dossiers"])
    same(found, [place.key(name) for name in names], "chaque objet une fois")


@case("un objet de plus de 400 Ko est refusé, un de moins passe", service="dynamodb", page=LIMITS)
def item_too_large(place):
    put(place, "a", plein={"S": "x" * (399 * KB)})
    refused("ValidationException", put, place=place, name="b", plein={"S": "x" * (400 * KB)})


@case("une clé de partition de plus de 2 048 octets est refusée", service="dynamodb", page=LIMITS)
def partition_key_too_long(place):
    room = 2048 - len(place.key(""))
    put(place, "x" * room)
    refused("ValidationException", put, place=place, name="x" * (room + 1))


@case("une clé de tri de plus de 1 024 octets est refusée", service="dynamodb", page=LIMITS)
def sort_key_too_long(place):
    side(place, "x" * 1024)
    refused("ValidationException", side, place=place, sort="x" * 1025)


@case("une clé vide est refusée", service="dynamodb", page=TYPES)
def empty_key(place):
    refused("ValidationException", place.db.put_item, TableName="dossiers", Item={"pk": {"S": ""}})
    refused("ValidationException", side, place=place, sort="")


@case("une valeur vide, hors des clés, est permise", service="dynamodb", page=TYPES)
def empty_value(place):
    item = {"texte": {"S": ""}, "octets": {"B": b""}, "liste": {"L": []}, "carte": {"M": {}}}
    put(place, "a", **item)
    found = read(place, "a")
    same({name: found[name] for name in item}, item, "l’objet")


@case("un ensemble vide est refusé", service="dynamodb", page=TYPES)
def empty_set(place):
    refused("ValidationException", put, place=place, name="a", vide={"SS": []})


@case("un nombre garde 38 chiffres, et un de plus est refusé", service="dynamodb", page=TYPES)
def number_precision(place):
    digits = "12345678901234567890123456789012345678"
    put(place, "a", grand={"N": digits}, petit={"N": f"0.{digits}"}, negatif={"N": "-9007199254740993"})
    found = read(place, "a")
    same(found["grand"], {"N": digits}, "38 chiffres")
    same(found["petit"], {"N": f"0.{digits}"}, "38 chiffres après la virgule")
    same(found["negatif"], {"N": "-9007199254740993"}, "au-delà de ce qu’un flottant porte")
    refused("ValidationException", put, place=place, name="b", trop={"N": digits + "9"})


@case("un nombre est rendu sans zéros inutiles", service="dynamodb", page=TYPES)
def number_normalised(place):
    put(place, "a", n={"N": "007.500"})
    same(read(place, "a")["n"], {"N": "7.5"}, "le nombre")


@case("les octets et les types reviennent tels quels", service="dynamodb", page=TYPES)
def types_come_back(place):
    item = {"octets": {"B": bytes(range(256))}, "vrai": {"BOOL": True}, "nul": {"NULL": True},
            "accents": {"S": "é à ç œ 🇫🇷"}, "emboite": {"M": {"l": {"L": [{"N": "1"}, {"S": "a"}]}}}}
    put(place, "a", **item)
    found = read(place, "a")
    same({name: found[name] for name in item}, item, "l’objet")
