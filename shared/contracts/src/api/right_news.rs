//! What a professional tells of a right after it was confirmed: suspended, restored, over.

use chrono::NaiveDate;
use domain::dossier::{EndMotive, Suspension};
use domain::life::Said;
use domain::rsa::{ClosureMotive, SuspensionMotive};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::demande::given;
use super::journey::read_day;
use crate::border::{self, Fault, Fields, Node, Rejected, code};
use crate::codes::{MotifFinCode, code_enum};

/// What is said of a right, read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NouvelleDroit(pub Said);

/// Ce qu’un professionnel apprend d’un droit (`POST /v1/dossiers/{id}/droit/nouvelles`).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NouvelleDroitJson {
    /// Ce qui arrive au droit.
    pub nature: NatureNouvelle,
    /// Premier jour de la suspension, ou jour de la fin ; obligatoire pour l’une et l’autre.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub le: Option<NaiveDate>,
    /// Motif : d’une suspension, le code de la CNAF s’il est connu (`01`, `AB`…) ; d’une fin, obligatoire,
    /// `droit_clos`, `droit_refuse`, `depart`, `deces`, ou le code de clôture de la CNAF (`ECH`, `MUT`…).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motif: Option<String>,
}

code_enum! {
    /// What happens to a right, on the wire.
    pub NatureNouvelle { Suspendu = "suspendu", Retabli = "retabli", Clos = "clos" }
}

impl NouvelleDroit {
    /// Reads the body. A day is never in the future: what is to come is told when it has come.
    pub fn parse(value: &Value, today: NaiveDate) -> Result<Self, Rejected> {
        border::parse(value, |node| {
            let fields = node.fields(&["nature", "le", "motif"])?;
            let nature = fields
                .required("nature")
                .and_then(|it| it.code(NatureNouvelle::CODES, NatureNouvelle::from_code))?;
            match nature {
                NatureNouvelle::Retabli => Some(Said::Restored),
                NatureNouvelle::Suspendu => {
                    let since = day(&fields, today);
                    let motive = given(fields.optional("motif"), |it| it.exact(suspension));
                    Some(Said::Suspended(Suspension { since: since?, motive: motive? }))
                }
                NatureNouvelle::Clos => {
                    let on = day(&fields, today);
                    let motive = fields.required("motif").and_then(|it| it.exact(ending));
                    Some(Said::Ended { motive: motive?, on: on? })
                }
            }
            .map(Self)
        })
    }
}

fn day(fields: &Fields<'_>, today: NaiveDate) -> Option<NaiveDate> {
    fields.required("le").and_then(|it: Node<'_>| read_day(&it, today))
}

fn suspension(text: &str) -> Result<SuspensionMotive, Fault> {
    SuspensionMotive::from_code(text).ok_or_else(|| {
        let codes: Vec<&str> = SuspensionMotive::ALL.iter().map(|it| it.code()).collect();
        Fault::new(code::UNKNOWN_CODE, format!("Choisissez le motif parmi : {}.", codes.join(", ")))
    })
}

fn ending(text: &str) -> Result<EndMotive, Fault> {
    let ours = MotifFinCode::from_code(text).and_then(|it| it.motive(None, None));
    let theirs = || ClosureMotive::from_code(text).map(|it| EndMotive::RightClosed { motive: Some(it) });
    ours.or_else(theirs).ok_or_else(|| {
        let closures = ClosureMotive::ALL.iter().map(|it| it.code());
        let codes: Vec<&str> = MotifFinCode::OF_RIGHTS.iter().map(|it| it.code()).chain(closures).collect();
        Fault::new(code::UNKNOWN_CODE, format!("Choisissez le motif parmi : {}.", codes.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 21).unwrap()
    }

    fn codes(body: &Value) -> Vec<String> {
        let errors = NouvelleDroit::parse(body, today()).err().map(|it| it.errors).unwrap_or_default();
        errors.into_iter().map(|it| format!("{} {}", it.pointer, it.code)).collect()
    }

    #[test]
    fn an_end_has_a_day_and_a_motive_ours_or_the_cnaf_s() {
        let end = |motif: &str| {
            NouvelleDroit::parse(&json!({"nature": "clos", "le": "2026-11-02", "motif": motif}), today())
        };
        let on = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
        assert_eq!(end("deces"), Ok(NouvelleDroit(Said::Ended { motive: EndMotive::Died, on })));
        let expired = EndMotive::RightClosed { motive: Some(ClosureMotive::Expired) };
        assert_eq!(end("ECH"), Ok(NouvelleDroit(Said::Ended { motive: expired, on })));
        assert_eq!(codes(&json!({"nature": "clos"})), ["/le champ_absent", "/motif champ_absent"]);
        let merged = json!({"nature": "clos", "le": "2026-11-02", "motif": "reuni"});
        assert_eq!(codes(&merged), ["/motif code_inconnu"]);
        let unknown = json!({"nature": "clos", "le": "2026-11-22", "motif": "?"});
        assert_eq!(codes(&unknown), ["/le date_future", "/motif code_inconnu"]);
    }

    #[test]
    fn a_suspension_may_have_no_motive_and_its_end_needs_nothing() {
        let body = json!({"nature": "suspendu", "le": "2026-11-02"});
        assert!(matches!(NouvelleDroit::parse(&body, today()), Ok(NouvelleDroit(Said::Suspended(_)))));
        assert_eq!(
            NouvelleDroit::parse(&json!({"nature": "retabli"}), today()),
            Ok(NouvelleDroit(Said::Restored))
        );
    }
}
