//! I1 and I2 about letters: each fact is told to whom it concerns, once. Letters are recognised by what they say, never
//! by the key under which the engine keeps them.

use crate::Findings;
use crate::read::text;
use crate::story::{Letter, Life, Story};

const LOST: &str = "I1";
const DOUBLED: &str = "I2";

/// How many letters of a dossier say each thing.
#[derive(Default)]
struct Said {
    received: usize,
    decision: usize,
    referent: usize,
    contact: usize,
    france_travail: usize,
    emergency: usize,
    answers: usize,
    late: usize,
    naming: usize,
}

pub(crate) fn judge(story: &Story<'_>, findings: &mut Findings) {
    for (pk, life) in &story.lives {
        let mut said = Said::default();
        for letter in story.letters_of(pk) {
            if !said.count(text(&letter.json["objet"]), life.is_from_file()) {
                findings
                    .found(DOUBLED, format!("{pk} : une lettre dit autre chose : {}", letter.json["objet"]));
            }
        }
        // A dead letter of the reminders is a letter that an operator still has to send.
        let dead = story.awaits_operator(pk, "reminders");
        at_most(pk, life, &said, findings);
        if !dead && !life.erased() {
            at_least(story, pk, life, &said, findings);
        }
    }
}

impl Said {
    fn count(&mut self, object: &str, from_file: bool) -> bool {
        let field = match object {
            "Votre demande est bien arrivée" if !from_file => &mut self.received,
            "Le Département va vous accompagner" if from_file => &mut self.received,
            "Votre accompagnement reprend" => &mut self.received,
            "Qui vous accompagne" | "Votre orientation est décidée" => &mut self.decision,
            "La personne qui vous accompagne" => &mut self.referent,
            "Quelqu’un à appeler dès maintenant" => &mut self.contact,
            "La suite de votre demande" => &mut self.france_travail,
            "À appeler aujourd’hui : besoin immédiat" => &mut self.emergency,
            "Il nous manque des réponses" => &mut self.answers,
            "Référent attendu" => &mut self.naming,
            other if other.starts_with("Orientation à signer") => &mut self.late,
            _ => return false,
        };
        *field += 1;
        true
    }
}

/// How often a dossier asked the reminders to say this.
fn asked(life: &Life<'_>, kind: &str, field: &str, value: &str) -> usize {
    let says = |it: &&crate::story::Emitted<'_>| {
        it.message.is_some_and(|it| it.kind == kind && (field.is_empty() || it.data[field] == value))
    };
    life.emitted.iter().filter(says).count()
}

/// How many alerts are owed, since the dates of the right are what they are: one that a higher one overtook before it
/// was handled is left to that one.
fn alerts(story: &Story<'_>, pk: &str, life: &Life<'_>) -> usize {
    let Some(last) = life.last else { return 0 };
    let other = |it: &crate::story::Version<'_>| it.row.clock() != last.clock();
    let since = life.versions.iter().rposition(other).map_or(0, |it| it + 1);
    let is_alert = |it: &&crate::story::Emitted<'_>| {
        it.message.is_some_and(|it| it.kind == RUNG && it.data["horloge"] == "H3")
    };
    let asked: Vec<_> = life.emitted.iter().filter(|it| it.version >= since).filter(is_alert).collect();
    let overtaken = |at: usize| asked.get(at + 1).map(|it| life.versions[it.version].index);
    let handled = |number: u64| {
        story.messages.get(&(pk.to_owned(), "reminders".to_owned(), number)).and_then(|it| it.done)
    };
    let owed = |at: usize, number: u64| match (overtaken(at), handled(number)) {
        (None, _) => true,
        (Some(overtaken), handled) => handled.is_some_and(|it| it < overtaken),
    };
    asked.iter().enumerate().filter(|(at, it)| owed(*at, it.number)).count()
}

const RUNG: &str = "fr.spie.relance.due.v1";
const NOTICE: &str = "fr.spie.avis.a_envoyer.v1";
const DECISION: &str = "fr.spie.decision.a_notifier.v1";

fn at_most(pk: &str, life: &Life<'_>, said: &Said, findings: &mut Findings) {
    let assignments = life.assignments().len();
    let overdue = life
        .steps()
        .filter(|(before, it)| {
            it.row.state() == "attente_france_travail" && before.is_none_or(|it| it.state() == "a_orienter")
        })
        .count();
    let limits = [
        ("accusé de réception", said.received, life.journeys()),
        ("décision", said.decision, life.decisions()),
        ("référent", said.referent, assignments),
        ("contact", said.contact, life.contacts()),
        ("France Travail", said.france_travail, overdue),
        ("urgence", said.emergency, asked(life, RUNG, "horloge", "H0")),
        ("réponses manquantes", said.answers, asked(life, RUNG, "horloge", "H1")),
        ("retard", said.late, asked(life, RUNG, "horloge", "H3")),
        ("organisme", said.naming, asked(life, RUNG, "horloge", "H4")),
    ];
    for (what, said, most) in limits {
        findings.require(said <= most, DOUBLED, || format!("{pk} : {what}, dit {said} fois, {most} au plus"));
    }
}

fn at_least(story: &Story<'_>, pk: &str, life: &Life<'_>, said: &Said, findings: &mut Findings) {
    let Some(last) = life.last else { return };
    let mut told = |holds: bool, what: &str| {
        findings.require(holds, LOST, || format!("{pk}, {} : {what} n’a pas été dit", last.state()));
    };
    if last.closed() {
        return; // nobody is written to any more
    }
    if life.was_closed() {
        // What was under way when the journey ended was not sent any more: the present journey is told, that is all.
        let contact = last.unsigned() && last.places().next().is_some();
        told(said.received >= 1, "l’accusé de réception");
        told(!contact || said.contact >= 1, "le contact");
        told(!matches!(last.state(), "en_attente_de_place" | "affecte") || said.decision >= 1, "la décision");
        told(
            last.state() != "attente_france_travail" || said.france_travail >= 1,
            "le passage à France Travail",
        );
        return;
    }
    told(said.received == 1, "l’accusé de réception");
    match last.state() {
        "en_attente_de_place" | "affecte" => told(said.decision == 1, "la décision"),
        "oriente" => {
            told(said.decision == 1 || asked(life, DECISION, "", "") == 0, "la décision");
            told(said.naming == asked(life, RUNG, "horloge", "H4"), "le retard de l’organisme");
        }
        "urgence" => told(said.emergency == 1, "l’urgence"),
        _ => {}
    }
    if last.unsigned() {
        // What was asked for while nobody had decided is still true.
        let contact = usize::from(last.places().next().is_some());
        told(said.contact == contact, "le contact");
        told(said.late >= alerts(story, pk, life), "une alerte de retard");
        told(said.answers == asked(life, RUNG, "horloge", "H1"), "une demande de réponses");
    }
    if last.state() == "attente_france_travail" {
        told(said.france_travail >= 1, "le passage à France Travail");
    }
    if let Some((since, place)) = life.assignments().last() {
        let named = story.letters_of(pk).any(|it| it.index > *since && names(story, it, pk, place.referent));
        told(named, "le nom du référent");
    }
    let notices = asked(life, NOTICE, "avis", "referent");
    findings
        .require(said.referent <= notices, DOUBLED, || format!("{pk} : un référent annoncé sans message"));
}

/// Whether a letter names the référent.
fn names(story: &Story<'_>, letter: &Letter<'_>, pk: &str, referent: &str) -> bool {
    let territory = crate::read::territory_of(pk);
    let row = story.history.end.referents.iter().find(|it| it["pk"] == territory && it["sk"] == referent);
    row.is_some_and(|it| text(&letter.json["texte"]).contains(text(&it["nom"])))
}
