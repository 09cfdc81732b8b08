"""Counts the indicators again, from the facts alone, and compares them with what the service answers.

    recompte.py evenements.csv chiffres.json

The first file tells what happened to each person; the second, questions and the answers of the service. Nothing is
shared with the service: neither code, nor definitions, nor a figure on the way. The last line is one JSON object:
how many figures were compared, and where they differ.
"""

import csv
import json
import sys
from calendar import monthrange
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

THRESHOLDS = (30, 42, 45, 60, 90)
NOT_AVAILABLE = ("I4", "I6", "I7", "I8", "K3", "K4-par-regle", "K5", "K6")
# Rights received from this day on pass to France Travail the day after six weeks without a decision.
FRANCE_TRAVAIL_FROM = date(2025, 1, 1)
SIX_WEEKS = timedelta(days=42)
FEW_PEOPLE, FEW_FOR_A_MEAN = 5, 11
MOST_DIFFERENCES = 20


# --- The facts --------------------------------------------------------------------------------------------------------

def people(path):
    """The rights of each person who is not erased, oldest first."""
    facts = {}
    with open(path, encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file, delimiter=";"):
            facts.setdefault(line["personne"], []).append(line)
    for lines in facts.values():
        lines.sort(key=lambda it: int(it["ordre"]))
        if all(it["evenement"] != "efface" for it in lines):
            yield rights(lines)


def rights(lines):
    """The rights that one person's facts tell of."""
    told, commune = [], None
    for line in lines:
        what, value = line["evenement"], line["valeur"]
        day = date.fromisoformat(line["jour"]) if line["jour"] else None
        if what == "commune":
            commune = value
        elif what == "ouverture":
            told.append({"opened": day, "left": None, "orientation": None, "void": False})
        elif what == "correction":
            told[-1]["opened"] = day
        elif what == "reception":
            told[-1]["received"] = day
        elif what == "devoirs":
            told[-1]["duties"] = value == "oui"
        elif what == "orientation":
            organisme, by = value.split(":")
            told[-1]["orientation"] = (day, organisme, by)
        elif what == "fin":
            told[-1]["left"] = day
        elif what in ("refus", "reunion"):
            told[-1]["void"] = True
        elif what != "suspension":
            raise ValueError(f"unknown fact: {what}")
        if told:
            told[-1]["commune"] = commune
    return one_at_a_time([it for it in told if not it["void"]])


def one_at_a_time(told):
    """A right that opens no later than the one before takes its place; otherwise it ends it, if it had not ended."""
    kept = []
    for right in told:
        while kept and kept[-1]["opened"] >= right["opened"]:
            kept.pop()
        kept.append(right)
    for right, following in zip(kept, kept[1:]):
        right["left"] = min(right["left"] or following["opened"], following["opened"])
    return kept


# --- The indicators of some rights ------------------------------------------------------------------------------------

def months_later(day, months):
    """The same date, so many months later, or the last of the month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def oriented(right, until):
    """The orientation by the end of a day, unless the right was over before it."""
    found = right["orientation"]
    if found is None or found[0] > until or (right["left"] is not None and right["left"] < found[0]):
        return None
    return found


def stock(all_rights, day):
    """Those who have the right, and the duties, at the end of a day."""
    return [it for it in all_rights
            if it["duties"] and it["opened"] <= day and (it["left"] is None or it["left"] > day)]


def kind(organisme):
    return {"france_travail": "I3-france-travail", "mission_locale": "I3-spe-autre", "cap_emploi": "I3-spe-autre",
            "departement": "I3-departement", "delegataire": "I3-autre"}[organisme]


def count(all_rights, first, last, seen):
    """The indicators: (numerator, denominator, what comes with a cohort) by their codes."""
    here = stock(all_rights, last)
    done = [it for it in here if oriented(it, last)]
    figures = {"I1": (len(done), len(here), None), "I1-non-orientes": (len(here) - len(done), len(here), None)}
    for code, low, high in (("I2-moins-de-6-mois", 0, 6), ("I2-6-a-12-mois", 6, 12),
                            ("I2-12-mois-et-plus", 12, None), ("I2-24-mois-et-plus", 24, None)):
        some = [it for it in here if months_later(it["opened"], low) <= last
                and (high is None or last < months_later(it["opened"], high))]
        figures[code] = (sum(1 for it in some if oriented(it, last)), len(some), None)
    kinds = Counter(kind(oriented(it, last)[1]) for it in done)
    for code in ("I3-france-travail", "I3-spe-autre", "I3-departement", "I3-autre"):
        figures[code] = (kinds[code], len(done), None)
    delays = [max(0, (oriented(it, last)[0] - it["opened"]).days) for it in done if first <= it["opened"] <= last]
    figures["I5"] = (sum(delays), len(delays), None)
    for name, start in (("K1", "opened"), ("K1-reception", "received")):
        cohort = [it for it in all_rights if it["duties"] and first <= it[start] <= last]
        waits = [wait(it, it[start], seen) for it in cohort]
        for days in THRESHOLDS:
            figures[f"{name}-{days}"] = within(waits, days)
    figures["K2"] = handed_over(all_rights, first, last, seen)
    signed = [it["orientation"][2] for it in all_rights
              if it["orientation"] and first <= it["orientation"][0] <= last
              and it["orientation"][2] in ("agent", "agent_ecart")]
    figures["K4"] = (signed.count("agent"), len(signed), None)
    return figures


def wait(right, start, seen):
    """For how many days somebody waited, and how it ended as far as it was seen."""
    found = oriented(right, seen)
    if found:
        return max(0, (found[0] - start).days), "oriented"
    if right["left"] is not None and right["left"] <= seen:
        return max(0, (right["left"] - start).days), "left"
    return (seen - start).days, "waits"


def within(waits, days):
    """The share of a cohort that was oriented within so many days, out of all of it."""
    numerator = sum(1 for length, end in waits if end == "oriented" and length <= days)
    left = sum(1 for length, end in waits if end == "left" and length <= days)
    waiting = sum(1 for length, end in waits if end == "waits" and length < days)
    return numerator, len(waits), {"partis": left, "en_attente": waiting, "estimation": estimate(waits, days)}


def estimate(waits, days):
    """Kaplan and Meier's estimate of the share oriented within so many days, as an exact fraction."""
    still = Fraction(1)
    for day in sorted({length for length, end in waits if end == "oriented" and length <= days}):
        followed = sum(1 for length, _ in waits if length >= day)
        events = sum(1 for length, end in waits if length == day and end == "oriented")
        still *= Fraction(followed - events, followed)
    followed_until_then = any(length >= days for length, _ in waits)
    return rounded(100 * (1 - still)) if still == 0 or followed_until_then else None


def handed_over(all_rights, first, last, seen):
    """Those whom nobody oriented within six weeks, of those whom the law then has France Travail orient."""
    some = [it for it in all_rights
            if it["duties"] and first <= it["received"] <= last and it["received"] >= FRANCE_TRAVAIL_FROM]
    passed = 0
    for right in some:
        day = right["received"] + SIX_WEEKS + timedelta(days=1)
        undecided = right["orientation"] is None or right["orientation"][2] == "france_travail"
        if undecided and day <= seen and (right["left"] is None or right["left"] >= day):
            passed += 1
    return passed, len(some), None


# --- What is published ------------------------------------------------------------------------------------------------

def rounded(value):
    """To a tenth, a half going up."""
    tenths = (value * 10 + Fraction(1, 2)).__floor__()
    return Decimal(tenths) / 10


def published(code, figure):
    numerator, denominator, cohort = figure
    value = None
    if denominator:
        value = rounded(Fraction(numerator, denominator) * (1 if code == "I5" else 100))
    return {"valeur": value, "numerateur": numerator, "denominateur": denominator, "cohorte": cohort}


def is_small(code, figure):
    numerator, denominator, cohort = figure
    if code == "I5":
        return 0 < denominator < FEW_FOR_A_MEAN
    parts = [numerator, denominator - numerator, denominator]
    parts += [cohort["partis"], cohort["en_attente"]] if cohort else []
    return any(0 < it < FEW_PEOPLE for it in parts)


def masked(code, by_commune):
    """The communes of which an indicator is not told: never one alone."""
    hidden = {it for it, figures in by_commune.items() if is_small(code, figures[code])}
    if len(hidden) == 1:
        others = [(figures[code][1], it) for it, figures in by_commune.items()
                  if it not in hidden and figures[code][1] > 0]
        hidden |= {min(others)[1]} if others else set()
    return hidden


# --- The comparison ---------------------------------------------------------------------------------------------------

class Comparison:
    def __init__(self):
        self.compared, self.differences = 0, []

    def same(self, where, ours, theirs):
        self.compared += 1
        if ours != theirs:
            self.differences.append(f"{where} : recompté {ours}, répondu {theirs}")

    def figure(self, where, ours, theirs):
        for name in ("valeur", "numerateur", "denominateur"):
            self.same(f"{where} {name}", ours[name], theirs[name])
        cohort = theirs.get("cohorte") or {}
        for name, value in (ours["cohorte"] or {}).items():
            self.same(f"{where} {name}", value, cohort.get(name))

    def whole(self, where, figures, answer, last, seen):
        told = {it["id"]: it for it in answer["indicateurs"]}
        self.same(f"{where} codes", sorted([*figures, *NOT_AVAILABLE]), sorted(told))
        for code, figure in figures.items():
            if code in told:
                self.figure(f"{where} {code}", published(code, figure), told[code])
                followed = code.startswith("K1") or code == "K2"
                self.same(f"{where} {code} arrete_le", (seen if followed else last).isoformat(),
                          told[code]["arrete_le"])
        for code in NOT_AVAILABLE:
            unavailable = told.get(code, {})
            self.same(f"{where} {code}", (None, True), (unavailable.get("valeur"), bool(unavailable.get("indisponible"))))

    def communes(self, where, by_commune, answer):
        told = {it["commune"]: {value["id"]: value for value in it["indicateurs"]} for it in answer["communes"]}
        self.same(f"{where} communes", sorted(by_commune), sorted(told))
        nothing = {"valeur": None, "numerateur": None, "denominateur": None, "cohorte": None}
        for code in next(iter(by_commune.values()), {}):
            hidden = masked(code, by_commune)
            for commune, figures in by_commune.items():
                theirs = told.get(commune, {}).get(code)
                if theirs is None:
                    self.differences.append(f"{where} {commune} {code} : absent")
                    continue
                self.same(f"{where} {commune} {code} masque", commune in hidden, theirs["masque"])
                ours = nothing if commune in hidden else published(code, figures[code])
                self.figure(f"{where} {commune} {code}", ours, theirs)
                if commune in hidden:
                    self.same(f"{where} {commune} {code} cohorte", None, theirs.get("cohorte"))


def main(events, figures):
    everybody = [right for some in people(events) for right in some]
    with open(figures, encoding="utf-8") as file:
        asked = json.load(file, parse_float=Decimal)
    comparison = Comparison()
    for at, one in enumerate(asked):
        question, answer = one["question"], one["reponse"]
        first, last = date.fromisoformat(question["du"]), date.fromisoformat(question["au"])
        seen = date.fromisoformat(question.get("arrete_le") or answer["arrete_le"])
        comparison.whole(f"{at}", count(everybody, first, last, seen), answer, last, seen)
        if question.get("par") == "commune":
            communes = {}
            for right in everybody:
                communes.setdefault(right["commune"], []).append(right)
            by_commune = {it: count(some, first, last, seen) for it, some in communes.items()}
            comparison.communes(f"{at}", by_commune, answer)
    print(json.dumps({"compares": comparison.compared, "personnes_avec_droit": len(everybody),
                      "ecarts": len(comparison.differences), "differences": comparison.differences[:MOST_DIFFERENCES]},
                     ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
