//! The forms of the dossier's page: those that the state and the role allow, with what was typed.

use contracts::api::{
    DossierJson, EtatCode, MotifChangementCode, PropositionJson, ReferentJson, RessemblanceJson,
    RubriqueCode, StatutDroit,
};
use contracts::codes::{MotifEcartCode, OrganismeCode, ParcoursCode};
use domain::rsa::{ClosureMotive, SuspensionMotive};
use domain::{Organisme, Parcours};
use engine::{Professional, World, requests};

use super::acts::Act;
use super::{Attempt, Field, Shape, french};
use crate::pages::fresh_key;
use crate::problem::Problem;
use crate::router::State;

/// A form.
pub(super) struct Form {
    pub(super) code: &'static str,
    pub(super) title: &'static str,
    pub(super) intro: String,
    pub(super) button: &'static str,
    pub(super) key: String,
    pub(super) hidden: Vec<(&'static str, String)>,
    pub(super) fields: Vec<Field>,
}

/// Every form that makes sense now.
pub(super) async fn all<W: World>(
    state: &State<W>,
    caller: &Professional,
    json: &DossierJson,
    (proposal, alike): (Option<&PropositionJson>, &[RessemblanceJson]),
    attempt: Option<&Attempt>,
) -> Result<Vec<Form>, Problem> {
    let mut forms = Vec::new();
    let goes_on = json.fin.as_ref().and_then(|it| it.avec).map(|it| it.to_string());
    if let Some(kept) = goes_on.filter(|_| caller.role.orients()) {
        forms.push(parting(kept));
    } else if caller.role.orients() {
        if json.etat == EtatCode::Urgence {
            forms.push(emergency(json));
        }
        let over = json.etat == EtatCode::Clos;
        if json.droit.statut == StatutDroit::Declare || over {
            forms.push(right(over, attempt));
        }
        // A right that is only declared cannot be signed on: its own form says so.
        let signable = matches!(json.etat, EtatCode::AOrienter | EtatCode::AttenteFranceTravail);
        if signable && json.droit.statut == StatutDroit::Confirme {
            forms.push(signature(json, proposal, attempt));
        }
        if json.etat == EtatCode::Affecte {
            let roster = requests::referents(&*state.world, caller).await?;
            forms.push(change(json, &roster, attempt));
        }
        forms.extend(life(json, attempt));
        if !alike.is_empty() {
            forms.push(merging(alike, attempt));
        }
    }
    forms.push(entry(attempt));
    for form in &mut forms {
        form.key = fresh_key(&*state.world)?;
    }
    Ok(forms)
}

fn form(act: Act, title: &'static str, button: &'static str, fields: Vec<Field>) -> Form {
    let (intro, hidden) = (String::new(), Vec::new());
    Form { code: act.code(), title, intro, button, key: String::new(), hidden, fields }
}

/// A field of a form, with what was typed in it and what is wrong with it.
fn field(act: Act, name: &str, label: &str, shape: Shape, attempt: Option<&Attempt>) -> Field {
    let name = format!("{}.{name}", act.code());
    let tried = attempt.filter(|it| it.act == act);
    let error =
        tried.and_then(|it| it.errors.iter().find(|error| error.field == name)).map(|it| it.text.clone());
    let value = tried.map_or("", |it| it.fields.get(&name)).to_owned();
    Field::new(&name, label, shape).error(error).value(&value)
}

/// A list to unfold. `first` is chosen until something else is.
fn list(field: Field, options: impl IntoIterator<Item = (String, String)>, first: Option<&str>) -> Field {
    let typed = field.value.clone();
    let chosen = if typed.is_empty() { first.unwrap_or_default().to_owned() } else { typed };
    field.options(options, |value| value == chosen)
}

fn emergency(json: &DossierJson) -> Form {
    let needs: Vec<&str> = json.besoins.iter().map(|it| need(it.code())).collect();
    Form {
        intro: format!("Besoins signalés : {}.", needs.join(", ")),
        hidden: vec![("urgence.issue", "traitee".to_owned())],
        ..form(Act::CloseEmergency, "Urgence ouverte", "L’urgence est traitée", vec![])
    }
}

fn need(code: &str) -> &str {
    match code {
        "alimentation" => "se nourrir",
        "hebergement" => "dormir à l’abri",
        "violences" => "violences subies",
        "sante" => "santé",
        "ressources" => "argent pour vivre",
        other => other,
    }
}

/// What may happen to the right, as it stands.
fn life(json: &DossierJson, attempt: Option<&Attempt>) -> Vec<Form> {
    if json.etat == EtatCode::Clos {
        return Vec::new();
    }
    let mut forms = Vec::new();
    if json.droit.suspension.is_some() {
        let intro = "Les délais ont continué de courir. Ce qui était retenu reprend.".to_owned();
        let hidden = vec![("retablissement.nature", "retabli".to_owned())];
        let act = Act::RestoreRight;
        forms.push(Form { intro, hidden, ..form(act, "Droit suspendu", "Lever la suspension", vec![]) });
    } else if json.droit.statut == StatutDroit::Confirme {
        forms.push(suspension(attempt));
    }
    forms.push(end(attempt));
    forms
}

fn suspension(attempt: Option<&Attempt>) -> Form {
    let act = Act::SuspendRight;
    let motives = SuspensionMotive::ALL.iter().map(|it| (it.code().to_owned(), it.label().to_owned()));
    let fields = vec![
        field(act, "le", "Premier jour de la suspension", Shape::Day, attempt),
        list(field(act, "motif", "Motif, s’il est connu", Shape::Select, attempt), motives, None),
    ];
    let intro =
        "Les délais légaux ne s’arrêtent pas. Rien n’est plus préparé ni demandé à la personne sans vous."
            .to_owned();
    let hidden = vec![("suspension.nature", "suspendu".to_owned())];
    Form { intro, hidden, ..form(act, "Suspendre le droit", "Noter la suspension", fields) }
}

fn end(attempt: Option<&Attempt>) -> Form {
    let act = Act::EndJourney;
    let ours = [
        ("droit_refuse", "Droit au RSA refusé"),
        ("depart", "Départ vers un autre département"),
        ("deces", "Décès"),
    ];
    let theirs = ClosureMotive::ALL.iter().map(|it| (it.code(), it.label()));
    let motives = theirs.chain(ours).map(|(code, label)| (code.to_owned(), label.to_owned()));
    let fields = vec![
        field(act, "le", "Jour de la fin", Shape::Day, attempt),
        list(field(act, "motif", "Motif", Shape::Select, attempt), motives, None),
    ];
    let intro =
        "La place du référent est rendue et plus rien n’est envoyé. Si le droit rouvre, le parcours repart."
            .to_owned();
    let hidden = vec![("fin.nature", "clos".to_owned())];
    Form { intro, hidden, ..form(act, "Terminer le parcours", "Terminer le parcours", fields) }
}

fn merging(alike: &[RessemblanceJson], attempt: Option<&Attempt>) -> Form {
    let act = Act::Merge;
    let others = alike.iter().map(|it| {
        let state = french::state(it.etat.code());
        let label = format!(
            "{}, {} {} – {state} (même chose : {})",
            it.reference,
            it.prenom,
            it.nom,
            it.par.join(", ")
        );
        (it.dossier.to_string(), label)
    });
    let fields = vec![list(field(act, "avec", "Dossier qui continue", Shape::Select, attempt), others, None)];
    let intro = "D’autres dossiers sont peut-être ceux de la même personne. Si c’est le cas, l’autre reçoit ce que celui-ci \
                 sait, et celui-ci se ferme. Vous pourrez les séparer."
        .to_owned();
    Form { intro, ..form(act, "Réunir avec un autre dossier", "Réunir les deux dossiers", fields) }
}

fn parting(kept: String) -> Form {
    let act = Act::Part;
    let hidden = vec![("separation.avec", kept)];
    let intro =
        "Si ce n’est pas la même personne, celui-ci reprend son parcours et l’autre rend ce qu’il en avait reçu."
            .to_owned();
    Form { intro, hidden, ..form(act, "Séparer de l’autre dossier", "Séparer les deux dossiers", vec![]) }
}

fn right(over: bool, attempt: Option<&Attempt>) -> Form {
    let act = Act::ConfirmRight;
    let fields = vec![
        field(act, "date_ouverture", "Date d’ouverture du droit", Shape::Day, attempt),
        field(
            act,
            "date_reception",
            "Date de réception par le Département (facultatif)",
            Shape::Day,
            attempt,
        )
        .hint(if over {
            "Le nouveau délai légal part de ce jour. Sans date, il part d’aujourd’hui."
        } else {
            "Le délai légal part de ce jour. Sans date, il part du dépôt."
        }),
        list(
            field(act, "droits_devoirs", "Soumis aux droits et devoirs", Shape::Select, attempt),
            [("oui", "Oui"), ("non", "Non")].map(|(code, label)| (code.to_owned(), label.to_owned())),
            Some("oui"),
        ),
    ];
    let hidden = vec![("droit.statut", "confirme".to_owned())];
    let (intro, title) = if over {
        ("Le parcours est terminé. Si le droit rouvre, il repart, avec un nouveau délai.", "Rouvrir le droit")
    } else {
        let intro = "Le droit n’est que déclaré. Confirmez-le pour que le délai légal coure et que l’on puisse signer.";
        (intro, "Confirmer le droit")
    };
    Form { hidden, intro: intro.to_owned(), ..form(act, title, title, fields) }
}

fn signature(json: &DossierJson, proposal: Option<&PropositionJson>, attempt: Option<&Attempt>) -> Form {
    let act = Act::Sign;
    let prepared = json.defaut.as_ref().and_then(|it| it.parcours.zip(it.organisme));
    let proposed = proposal.and_then(|it| it.parcours.zip(it.organisme)).or(prepared);
    let mut fields = vec![
        list(
            field(act, "parcours", "Parcours", Shape::Select, attempt),
            Parcours::ALL.map(|it| (it.code().to_owned(), sentence_case(it.label()))),
            proposed.map(|(parcours, _)| ParcoursCode::code(parcours)),
        ),
        list(
            field(act, "organisme", "Organisme", Shape::Select, attempt),
            Organisme::ALL.map(|it| (it.code().to_owned(), sentence_case(it.label()))),
            proposed.map(|(_, organisme)| OrganismeCode::code(organisme)),
        ),
    ];
    let recording = json.etat == EtatCode::AttenteFranceTravail;
    if recording {
        let label = "Jour de la décision de France Travail";
        fields.push(field(act, "decision_france_travail_le", label, Shape::Day, attempt));
    } else {
        let motives =
            MotifEcartCode::CODES.iter().map(|code| ((*code).to_owned(), deviation(code).to_owned()));
        let label = "Motif, si vous vous écartez de la proposition";
        fields.push(list(field(act, "motif_ecart", label, Shape::Select, attempt), motives, None));
    }
    fields.push(field(act, "commentaire", "Commentaire (facultatif)", Shape::Words, attempt));
    let (title, button) = if recording {
        ("Enregistrer la décision de France Travail", "Enregistrer la décision")
    } else {
        ("Signer l’orientation", "Signer l’orientation")
    };
    let intro =
        "Votre nom et votre délégation figurent sur la décision. Elle part une seule fois.".to_owned();
    Form { intro, ..form(act, title, button, fields) }
}

fn deviation(code: &str) -> &str {
    match code {
        "souhait_personne" => "Souhait de la personne",
        "element_entretien" => "Élément d’un entretien",
        "situation_changee" => "Situation changée",
        "accompagnement_en_cours" => "Accompagnement en cours",
        "reponse_mal_comprise" => "Réponse mal comprise",
        "autre" => "Autre, à expliquer",
        other => other,
    }
}

fn change(json: &DossierJson, roster: &[ReferentJson], attempt: Option<&Attempt>) -> Form {
    let act = Act::ChangeReferent;
    let now = json.referent.as_ref().map(|it| it.id.as_str());
    let serves = |it: &&ReferentJson| {
        Some(it.id.as_str()) != now
            && json.organisme.is_none_or(|organisme| it.organisme == organisme)
            && json.parcours.is_none_or(|parcours| it.parcours.contains(&parcours))
            && (it.communes.is_empty() || it.communes.contains(&json.commune))
    };
    let people = roster.iter().filter(serves).map(|it| {
        let label = format!("{}, {} – {} sur {}", it.nom, it.structure, it.actifs, it.capacite);
        (it.id.clone(), label)
    });
    let motives = MotifChangementCode::CODES.iter().map(|code| ((*code).to_owned(), motive(code).to_owned()));
    let fields = vec![
        list(field(act, "referent", "Nouveau référent", Shape::Select, attempt), people, None),
        list(field(act, "motif", "Motif", Shape::Select, attempt), motives, None),
        field(act, "commentaire", "Commentaire (facultatif)", Shape::Words, attempt),
    ];
    form(act, "Changer de référent", "Changer de référent", fields)
}

fn motive(code: &str) -> &str {
    match code {
        "souhait_personne" => "Souhait de la personne",
        "absence" => "Absence",
        "depart" => "Départ",
        "demenagement" => "Déménagement de la personne",
        "charge" => "Trop de personnes suivies",
        "autre" => "Autre, à expliquer",
        other => other,
    }
}

fn entry(attempt: Option<&Attempt>) -> Form {
    let act = Act::AddEntry;
    let headings = RubriqueCode::CODES.iter().map(|code| ((*code).to_owned(), heading(code).to_owned()));
    let fields = vec![
        list(field(act, "rubrique", "Rubrique", Shape::Select, attempt), headings, Some("historique")),
        field(act, "texte", "Texte", Shape::Words, attempt).hint("La personne peut le lire."),
    ];
    form(act, "Ajouter au carnet", "Ajouter au carnet", fields)
}

/// A heading of the carnet, as people read it.
pub(super) fn heading(code: &str) -> &str {
    match code {
        "historique" => "Historique",
        "engagements" => "Engagements",
        "projet" => "Projet",
        "plan_action" => "Plan d’action",
        other => other,
    }
}

fn sentence_case(text: &str) -> String {
    french::capital(text)
}
