"""Single writes of DynamoDB: conditions, the shape of a refusal, update expressions."""

from registry import DYNAMODB_API, DYNAMODB_GUIDE, case, expect, refused, same

PUT = DYNAMODB_API + "API_PutItem.html"
UPDATE = DYNAMODB_GUIDE + "Expressions.UpdateExpressions.html"
CONDITIONS = DYNAMODB_GUIDE + "Expressions.ConditionExpressions.html"
FAILED = "ConditionalCheckFailedException"


def put(place, name, **attributes):
    place.db.put_item(TableName="dossiers", Item={"pk": {"S": place.key(name)}, **attributes})


def read(place, name):
    found = place.db.get_item(TableName="dossiers", Key={"pk": {"S": place.key(name)}}, ConsistentRead=True)
    return found.get("Item")


def update(place, name, expression, **more):
    return place.db.update_item(
        TableName="dossiers", Key={"pk": {"S": place.key(name)}}, UpdateExpression=expression, **more)


@case("une écriture soumise à l’absence passe une fois, puis est refusée", service="dynamodb", page=CONDITIONS)
def put_if_absent(place):
    asked = {"TableName": "dossiers", "ConditionExpression": "attribute_not_exists(pk)"}
    place.db.put_item(Item={"pk": {"S": place.key("a")}, "n": {"N": "1"}}, **asked)
    answer = refused(FAILED, place.db.put_item, Item={"pk": {"S": place.key("a")}, "n": {"N": "2"}}, **asked)
    same(answer["ResponseMetadata"]["HTTPStatusCode"], 400, "le statut HTTP")
    same(answer["Error"]["Message"], "The conditional request failed", "le message")
    same(read(place, "a")["n"], {"N": "1"}, "la première valeur reste")


@case("une écriture soumise à une révision ne passe que sur cette révision", service="dynamodb", page=CONDITIONS)
def put_if_revision(place):
    put(place, "a", revision={"N": "1"})

    def write(expected, becomes):
        place.db.put_item(
            TableName="dossiers", Item={"pk": {"S": place.key("a")}, "revision": {"N": becomes}},
            ConditionExpression="revision = :expected", ExpressionAttributeValues={":expected": {"N": expected}})

    write("1", "2")
    refused(FAILED, write, expected="1", becomes="3")
    same(read(place, "a")["revision"], {"N": "2"}, "la révision")


@case("une condition sur un objet absent est fausse, et rien n’est écrit", service="dynamodb", page=CONDITIONS)
def condition_on_absent_item(place):
    refused(FAILED, update, place=place, name="a", expression="SET n = :n", ConditionExpression="revision = :r",
            ExpressionAttributeValues={":n": {"N": "1"}, ":r": {"N": "1"}})
    same(read(place, "a"), None, "l’objet")


@case("sans ReturnValuesOnConditionCheckFailure, un refus ne rend pas l’objet ; avec ALL_OLD, il le rend",
      service="dynamodb", page=PUT)
def item_of_a_failed_condition(place):
    put(place, "a", n={"N": "7"})
    asked = {"TableName": "dossiers", "Item": {"pk": {"S": place.key("a")}},
             "ConditionExpression": "attribute_not_exists(pk)"}
    expect("Item" not in refused(FAILED, place.db.put_item, **asked), "l’objet est rendu sans être demandé")
    answer = refused(FAILED, place.db.put_item, ReturnValuesOnConditionCheckFailure="ALL_OLD", **asked)
    same(answer.get("Item"), {"pk": {"S": place.key("a")}, "n": {"N": "7"}}, "l’objet rendu")


@case("un put remplace l’objet entier", service="dynamodb", page=PUT)
def put_replaces(place):
    put(place, "a", ancien={"S": "x"})
    put(place, "a", nouveau={"S": "y"})
    same(set(read(place, "a")), {"pk", "nouveau"}, "les attributs")


@case("SET ajoute et retranche un nombre", service="dynamodb", page=UPDATE)
def set_arithmetic(place):
    put(place, "a", actifs={"N": "3"})
    one = {":one": {"N": "1"}}
    update(place, "a", "SET actifs = actifs + :one", ExpressionAttributeValues=one)
    update(place, "a", "SET actifs = actifs + :one", ExpressionAttributeValues=one)
    update(place, "a", "SET actifs = actifs - :one", ExpressionAttributeValues=one)
    same(read(place, "a")["actifs"], {"N": "4"}, "le compte")


@case("SET sur le calcul d’un attribut absent est refusé", service="dynamodb", page=UPDATE)
def set_arithmetic_on_absent(place):
    put(place, "a")
    refused("ValidationException", update, place=place, name="a", expression="SET actifs = actifs + :one",
            ExpressionAttributeValues={":one": {"N": "1"}})


@case("une condition compare deux attributs du même objet", service="dynamodb", page=CONDITIONS)
def condition_between_attributes(place):
    put(place, "a", actifs={"N": "9"}, capacite={"N": "10"})
    take = {"expression": "SET actifs = actifs + :one", "ExpressionAttributeValues": {":one": {"N": "1"}},
            "ConditionExpression": "attribute_exists(pk) AND actifs < capacite"}
    update(place, "a", **take)
    refused(FAILED, update, place=place, name="a", **take)
    same(read(place, "a")["actifs"], {"N": "10"}, "le compte, dix et non neuf : des nombres, pas des textes")


@case("if_not_exists ne pose la valeur que la première fois", service="dynamodb", page=UPDATE)
def if_not_exists(place):
    asked = {"expression": "SET actifs = if_not_exists(actifs, :zero), nom = :nom"}
    update(place, "a", **asked, ExpressionAttributeValues={":zero": {"N": "0"}, ":nom": {"S": "x"}})
    update(place, "a", "SET actifs = actifs + :one", ExpressionAttributeValues={":one": {"N": "1"}})
    update(place, "a", **asked, ExpressionAttributeValues={":zero": {"N": "0"}, ":nom": {"S": "y"}})
    same(read(place, "a"), {"pk": {"S": place.key("a")}, "actifs": {"N": "1"}, "nom": {"S": "y"}}, "l’objet")


@case("REMOVE ôte une entrée d’une carte, y compris sous un nom qui porte #", service="dynamodb", page=UPDATE)
def remove_map_entry(place):
    waiting = {name: {"M": {"le": {"S": "x"}}} for name in ("carnet#1", "reminders#1", "triage#2")}
    put(place, "a", registre={"M": {"sortie": {"M": waiting}}}, file_sk={"S": "avant"}, file_pk={"S": "77#x"})
    update(place, "a", "SET file_sk = :sk REMOVE registre.sortie.#a, registre.sortie.#b",
           ExpressionAttributeNames={"#a": "carnet#1", "#b": "reminders#1"},
           ExpressionAttributeValues={":sk": {"S": "apres"}})
    found = read(place, "a")
    same(set(found["registre"]["M"]["sortie"]["M"]), {"triage#2"}, "les entrées qui restent")
    same(found["file_sk"], {"S": "apres"}, "l’attribut changé dans la même écriture")


@case("REMOVE d’une entrée absente ne fait rien et n’est pas une erreur", service="dynamodb", page=UPDATE)
def remove_absent_entry(place):
    put(place, "a", registre={"M": {"sortie": {"M": {}}}})
    update(place, "a", "REMOVE registre.sortie.#a", ExpressionAttributeNames={"#a": "carnet#1"})
    same(read(place, "a")["registre"], {"M": {"sortie": {"M": {}}}}, "la carte")


@case("SET sous une carte absente est refusé, et rien n’est créé", service="dynamodb", page=UPDATE)
def set_under_absent_map(place):
    put(place, "a")
    refused("ValidationException", update, place=place, name="a", expression="SET registre.sortie.#a = :v",
            ExpressionAttributeNames={"#a": "carnet#1"}, ExpressionAttributeValues={":v": {"S": "x"}})
    same(set(read(place, "a")), {"pk"}, "les attributs")


@case("un mot réservé doit être remplacé par un nom d’emprunt", service="dynamodb",
      page=DYNAMODB_GUIDE + "ReservedWords.html")
def reserved_word(place):
    put(place, "a")
    value = {":v": {"S": "x"}}
    refused("ValidationException", update, place=place, name="a", expression="SET state = :v",
            ExpressionAttributeValues=value)
    update(place, "a", "SET #s = :v", ExpressionAttributeNames={"#s": "state"}, ExpressionAttributeValues=value)


@case("une valeur ou un nom d’emprunt inutilisés sont refusés", service="dynamodb",
      page=DYNAMODB_GUIDE + "Expressions.ExpressionAttributeValues.html")
def unused_placeholder(place):
    put(place, "a")
    refused("ValidationException", update, place=place, name="a", expression="SET n = :n",
            ExpressionAttributeValues={":n": {"N": "1"}, ":inutile": {"N": "2"}})
    refused("ValidationException", update, place=place, name="a", expression="SET n = :n",
            ExpressionAttributeNames={"#inutile": "x"}, ExpressionAttributeValues={":n": {"N": "1"}})


@case("effacer un objet absent réussit", service="dynamodb", page=DYNAMODB_API + "API_DeleteItem.html")
def delete_absent(place):
    place.db.delete_item(TableName="dossiers", Key={"pk": {"S": place.key("a")}})
    same(read(place, "a"), None, "l’objet")
