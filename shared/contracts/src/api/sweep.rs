//! Monthly sweeps, as they are asked for and answered.

use chrono::{DateTime, Utc};
use domain::calendar::Month;
use domain::sweep::Report;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::demande::given;
use crate::border::{self, Fault, Node, Rejected, code};

/// A sweep that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BalayageBody {
    /// For which month.
    pub month: Month,
    /// Whether it writes nothing.
    pub simulation: bool,
}

/// A sweep, as it is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BalayageJson {
    /// Which: the same month answers with the same one.
    pub id: String,
    /// The département.
    pub territoire: String,
    /// The month, as in `2026-12`.
    pub mois: String,
    /// Whether it writes nothing.
    pub simulation: bool,
    /// How far it is.
    pub etat: BalayageEtat,
    /// When it was asked for.
    pub demande_le: DateTime<Utc>,
    /// By whom or what.
    pub demande_par: String,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub termine_le: Option<DateTime<Utc>>,
    /// What it found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rapport: Option<RapportJson>,
}

/// How far a sweep is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BalayageEtat {
    /// Asked for.
    EnAttente,
    /// Started.
    EnCours,
    /// Done.
    Termine,
}

/// The photograph of the stock. Each number is one of people who are not oriented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RapportJson {
    /// Subject to rights and duties, right confirmed.
    pub stock: u64,
    /// Of these, for less than six months.
    pub moins_de_6_mois: u64,
    /// Of these, for six to twelve months.
    pub de_6_a_12_mois: u64,
    /// Of these, for one to two years.
    pub de_1_a_2_ans: u64,
    /// Of these, for more than two years.
    pub plus_de_2_ans: u64,
    /// Of these, waiting for France Travail.
    pub en_attente_france_travail: u64,
    /// Of these, with an open emergency.
    pub urgences: u64,
    /// Of these, with somebody to call.
    pub avec_contact: u64,
    /// Of these, with a default orientation prepared.
    pub avec_defaut: u64,
    /// Of these, those that the sweep catches up.
    pub a_rattraper: u64,
    /// Besides, those whose right is only declared.
    pub droit_seulement_declare: u64,
}

impl BalayageBody {
    /// Reads the body.
    pub fn parse(value: &Value) -> Result<Self, Rejected> {
        border::parse(value, |node| {
            let fields = node.fields(&["mois", "simulation"])?;
            let month = fields.required("mois").and_then(|it| it.exact(read_month));
            let simulation = given(fields.optional("simulation"), Node::boolean);
            Some(Self { month: month?, simulation: simulation?.unwrap_or(false) })
        })
    }
}

fn read_month(text: &str) -> Result<Month, Fault> {
    let plausible = text.get(..4).is_some_and(|year| ("2009".."2100").contains(&year));
    let fault = || Fault::new(code::FORMAT, "Écrivez le mois comme 2026-12, à partir de 2009.");
    text.parse().ok().filter(|_| plausible).ok_or_else(fault)
}

impl From<Report> for RapportJson {
    fn from(it: Report) -> Self {
        Self {
            stock: it.stock,
            moins_de_6_mois: it.under_6_months,
            de_6_a_12_mois: it.from_6_to_12_months,
            de_1_a_2_ans: it.from_1_to_2_years,
            plus_de_2_ans: it.over_2_years,
            en_attente_france_travail: it.awaiting_france_travail,
            urgences: it.emergencies,
            avec_contact: it.with_contact,
            avec_defaut: it.with_default,
            a_rattraper: it.to_catch_up,
            droit_seulement_declare: it.declared_only,
        }
    }
}

impl From<RapportJson> for Report {
    fn from(it: RapportJson) -> Self {
        Self {
            stock: it.stock,
            under_6_months: it.moins_de_6_mois,
            from_6_to_12_months: it.de_6_a_12_mois,
            from_1_to_2_years: it.de_1_a_2_ans,
            over_2_years: it.plus_de_2_ans,
            awaiting_france_travail: it.en_attente_france_travail,
            emergencies: it.urgences,
            with_contact: it.avec_contact,
            with_default: it.avec_defaut,
            to_catch_up: it.a_rattraper,
            declared_only: it.droit_seulement_declare,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_month_has_a_form_and_a_simulation_is_asked_for() {
        let body = BalayageBody::parse(&json!({"mois": "2026-12"})).unwrap();
        assert_eq!((body.month, body.simulation), (Month::new(2026, 12).unwrap(), false));
        assert!(BalayageBody::parse(&json!({"mois": "2026-12", "simulation": true})).unwrap().simulation);
        for mois in [
            json!("2026-13"),
            json!("12-2026"),
            json!("décembre"),
            json!(202_612),
            json!("1900-01"),
            json!("é2026"),
        ] {
            let errors = BalayageBody::parse(&json!({ "mois": mois })).unwrap_err().errors;
            assert_eq!((errors.len(), errors[0].pointer.as_str()), (1, "/mois"));
        }
    }

    #[test]
    fn a_report_comes_back_as_it_went() {
        let report =
            Report { stock: 1, under_6_months: 2, declared_only: 3, to_catch_up: 4, ..Report::default() };
        assert_eq!(Report::from(RapportJson::from(report)), report);
    }
}
