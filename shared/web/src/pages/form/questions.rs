//! What the form asks, theme by theme: the only list of its questions.

use contracts::api::form_name;
use domain::dsp;

/// A page of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// The postcode.
    Place,
    /// The address.
    Address,
    /// Who the person is, and how to reach them.
    Identity,
    /// Who lives with them.
    Household,
    /// Housing.
    Housing,
    /// Work.
    Work,
    /// Daily life.
    Daily,
    /// Immediate needs and wishes.
    Needs,
    /// Everything, once more, before it is sent.
    Check,
}

impl Step {
    pub(super) const ALL: [Self; 9] = [
        Self::Place,
        Self::Address,
        Self::Identity,
        Self::Household,
        Self::Housing,
        Self::Work,
        Self::Daily,
        Self::Needs,
        Self::Check,
    ];

    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Place => "lieu",
            Self::Address => "adresse",
            Self::Identity => "identite",
            Self::Household => "foyer",
            Self::Housing => "logement",
            Self::Work => "travail",
            Self::Daily => "quotidien",
            Self::Needs => "besoins",
            Self::Check => "verification",
        }
    }

    pub(super) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Place => "Où habitez-vous ?",
            Self::Address => "Votre adresse",
            Self::Identity => "Vous",
            Self::Household => "Votre foyer",
            Self::Housing => "Votre logement",
            Self::Work => "Votre travail",
            Self::Daily => "Votre quotidien",
            Self::Needs => "Vos besoins et vos souhaits",
            Self::Check => "Vérifiez vos réponses",
        }
    }

    /// What a link to correct it says.
    pub(super) const fn short(self) -> &'static str {
        match self {
            Self::Place => "code postal",
            Self::Address => "adresse",
            Self::Identity => "identité et contacts",
            Self::Household => "foyer",
            Self::Housing => "logement",
            Self::Work => "travail",
            Self::Daily => "quotidien",
            Self::Needs => "besoins et souhaits",
            Self::Check => "tout",
        }
    }

    /// Whether it asks about the person's life rather than who they are.
    pub(super) const fn is_about_life(self) -> bool {
        matches!(self, Self::Housing | Self::Work | Self::Daily)
    }

    /// A sentence or two under the title.
    pub(super) const fn intro(self) -> &'static str {
        match self {
            Self::Place => "Chaque département aide les personnes qui y habitent.",
            Self::Address => "Sans domicile fixe ? Choisissez la commune où vous recevez votre courrier.",
            Self::Identity => "Nous avons besoin de savoir qui vous êtes et comment vous joindre.",
            Self::Household => "Le foyer, ce sont les personnes qui vivent avec vous.",
            Self::Housing | Self::Work | Self::Daily => {
                "Vous pouvez passer une question. Vos réponses aident à choisir le service qui vous accompagne."
            }
            Self::Needs => "Une aide urgente est traitée le jour même par une personne du service.",
            Self::Check => "Relisez, corrigez si besoin, puis envoyez.",
        }
    }

    pub(super) fn next(self) -> Self {
        Self::ALL.into_iter().find(|it| *it > self).unwrap_or(Self::Check)
    }

    pub(super) fn previous(self) -> Self {
        Self::ALL.into_iter().rev().find(|it| *it < self).unwrap_or(Self::Place)
    }

    /// Its number among all, from one.
    pub(super) fn number(self) -> usize {
        self as usize + 1
    }

    pub(super) fn questions(self) -> impl Iterator<Item = &'static Question> {
        QUESTIONS.iter().filter(move |it| it.step == self)
    }
}

/// One question.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question {
    pub(super) step: Step,
    /// The field's name in the form, which says where the answer goes in the application's JSON.
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    /// What to do when a required answer is missing.
    pub(super) missing: &'static str,
    pub(super) input: Input,
}

/// How a question is answered.
#[derive(Clone, Copy, Debug)]
pub(super) enum Input {
    /// A line of text.
    Line { autocomplete: &'static str, inputmode: &'static str, width: &'static str },
    /// A date in three fields.
    Date,
    /// A commune of the postcode given before.
    Commune,
    /// Some words.
    Words,
    /// One of these.
    One(&'static [(&'static str, &'static str)]),
    /// Any of these.
    Any(&'static [(&'static str, &'static str)]),
    /// A question of the DSP, with the codes of the national table.
    Dsp,
    /// The same, as a list to unfold: it has many codes.
    DspList,
}

/// "Je ne sais pas".
pub(super) const DOES_NOT_KNOW: &str = "nsp";
/// "Je préfère ne pas répondre".
pub(super) const DECLINES: &str = "nrp";

const YES_NO: &[(&str, &str)] = &[("oui", "Oui"), ("non", "Non")];

const fn line(autocomplete: &'static str, inputmode: &'static str, width: &'static str) -> Input {
    Input::Line { autocomplete, inputmode, width }
}

macro_rules! questions {
    ($($step:ident { $($name:literal, $input:expr, $label:literal $(, hint $hint:literal)? $(, missing $missing:literal)?;)+ })+) => {
        pub(super) static QUESTIONS: &[Question] = &[$($(Question {
            step: Step::$step, name: $name, input: $input, label: $label,
            hint: concat!("" $(, $hint)?), missing: concat!("" $(, $missing)?),
        },)+)+];
    };
}

questions! {
    Place {
        "personne.adresse.code_postal", line("postal-code", "numeric", "court"),
            "Votre code postal", hint "5 chiffres, par exemple 77000.",
            missing "Écrivez votre code postal.";
    }
    Address {
        "personne.adresse.commune", Input::Commune, "Votre commune", missing "Choisissez votre commune.";
        "personne.adresse.voie", line("address-line1", "", ""),
            "Numéro et rue (facultatif)", hint "Laissez vide si vous n’avez pas d’adresse.";
    }
    Identity {
        "personne.prenom", line("given-name", "", ""), "Votre prénom", missing "Écrivez votre prénom.";
        "personne.nom", line("family-name", "", ""), "Votre nom", missing "Écrivez votre nom.";
        "personne.naissance", Input::Date, "Votre date de naissance",
            hint "Par exemple 31 3 1985.", missing "Écrivez votre date de naissance.";
        "personne.telephone", line("tel", "tel", "moyen"), "Votre téléphone (facultatif)",
            hint "Pour vous joindre plus vite.";
        "personne.courriel", line("email", "email", ""), "Votre adresse e-mail (facultatif)";
        "personne.numero_allocataire", line("off", "numeric", "moyen"),
            "Votre numéro d’allocataire CAF ou MSA (facultatif)";
    }
    Household {
        "foyer.conjoint", Input::One(YES_NO), "Vivez-vous en couple ?",
            missing "Dites si vous vivez en couple.";
        "foyer.enfants", line("off", "numeric", "court"), "Combien d’enfants avez-vous à charge ?",
            hint "Écrivez 0 si vous n’en avez pas.", missing "Écrivez le nombre d’enfants. Écrivez 0 s’il n’y en a pas.";
        "foyer.role", Input::One(&[("demandeur", "Moi"), ("conjoint", "La personne avec qui je vis")]),
            "Qui a demandé le RSA ?", missing "Dites qui a demandé le RSA.";
    }
    Housing {
        "dsp.natlog", Input::DspList, "Où logez-vous ?";
        "dsp.diflog", Input::Dsp, "Avez-vous des difficultés de logement ?",
            hint "Cochez tout ce qui vous concerne.";
    }
    Work {
        "dsp.hispro", Input::Dsp, "Avez-vous déjà travaillé ?";
        "dsp.cessderact", Input::Dsp, "Quand avez-vous travaillé pour la dernière fois ?";
        "dsp.inscdememploi", Input::Dsp, "Êtes-vous inscrit à France Travail ?";
        "dsp.topengdemarechemploi", Input::Dsp,
            "Pouvez-vous chercher du travail dès maintenant ?";
        "dsp.nivetu", Input::DspList, "Jusqu’où avez-vous étudié ?";
    }
    Daily {
        "dsp.sitpersdemrsa", Input::DspList, "Pourquoi demandez-vous le RSA aujourd’hui ?";
        "dsp.topmoyloco", Input::Dsp, "Avez-vous un moyen de transport ?",
            hint "À vous ou en commun.";
        "dsp.difsoc", Input::Dsp, "Avez-vous des difficultés ?",
            hint "Cochez tout ce qui vous concerne.";
        "dsp.difdisp", Input::Dsp, "Qu’est-ce qui gêne votre recherche d’emploi ?",
            hint "Cochez tout ce qui vous concerne.";
    }
    Needs {
        "aide_immediate", Input::Any(&[
            ("alimentation", "Je n’ai pas de quoi manger"),
            ("hebergement", "Je n’ai pas où dormir"),
            ("violences", "Je subis des violences"),
            ("sante", "J’ai besoin de soins"),
            ("ressources", "Je n’ai plus d’argent pour vivre"),
        ]), "Avez-vous besoin d’une aide tout de suite ?", hint "Cochez seulement si c’est urgent.";
        "souhaits.organisme", Input::One(&[
            ("departement", "Le Département"),
            ("france_travail", "France Travail"),
            ("mission_locale", "La mission locale, si vous avez moins de 26 ans"),
            ("cap_emploi", "Cap emploi, si vous avez un handicap reconnu"),
        ]), "Par quel service voulez-vous être accompagné ? (facultatif)",
            hint "C’est un souhait. Une personne du service décide avec vous.";
        "souhaits.commentaire", Input::Words, "Voulez-vous ajouter quelque chose ? (facultatif)";
    }
}

impl Question {
    /// The field of the national table that it asks about.
    pub(super) fn dsp(&self) -> Option<&'static dsp::Field> {
        dsp::field(self.name.strip_prefix("dsp.")?)
    }

    /// The names of its fields: one, or three for a date.
    pub(super) fn fields(&self) -> Vec<String> {
        match self.input {
            Input::Date => ["jour", "mois", "annee"].map(|part| format!("{}_{part}", self.name)).into(),
            Input::Line { .. }
            | Input::Commune
            | Input::Words
            | Input::One(_)
            | Input::Any(_)
            | Input::Dsp
            | Input::DspList => vec![self.name.to_owned()],
        }
    }

    /// Where a link to the question leads.
    pub(super) fn first_id(&self) -> String {
        match self.input {
            Input::Date => format!("{}_jour", self.name),
            Input::One(_) | Input::Any(_) | Input::Dsp => format!("{}-1", self.name),
            Input::Line { .. } | Input::Commune | Input::Words | Input::DspList => self.name.to_owned(),
        }
    }
}

/// The question whose answer a pointer is about.
pub(super) fn at(pointer: &str) -> Option<&'static Question> {
    let name = form_name(pointer);
    QUESTIONS.iter().find(|it| it.fields().contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_of_the_dsp_exists_in_the_national_table() {
        for question in QUESTIONS {
            assert_eq!(question.name.starts_with("dsp."), question.dsp().is_some(), "{}", question.name);
        }
    }

    #[test]
    fn steps_follow_each_other_and_come_back() {
        for step in Step::ALL {
            assert_eq!(Step::from_code(step.code()), Some(step));
            assert!(step == Step::Check || step.next().previous() == step);
        }
        assert_eq!(Step::Check.number(), Step::ALL.len());
    }

    #[test]
    fn an_error_inside_an_answer_is_told_at_its_question() {
        assert_eq!(at("/dsp/difsoc/0").map(|it| it.name), Some("dsp.difsoc"));
        assert_eq!(at("/personne/date_naissance").map(|it| it.name), Some("personne.naissance"));
        assert!(at("/territoire").is_none());
    }
}
