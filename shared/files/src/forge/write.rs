//! A household that does not exist, in the words and the structure of a flow.

use std::borrow::Cow;
use std::io::{self, Write};

use chrono::NaiveDate;
use domain::Territory;
use domain::commune::Commune;
use domain::rsa::RightState;
use encoding_rs::{Encoding, ISO_8859_15, UTF_8, WINDOWS_1252};

use super::people::{Family, Somebody};
use super::right::Right;

/// What a flow is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charset {
    /// As most flows are.
    #[default]
    Windows1252,
    /// As some say that they are; the bytes are those of windows-1252.
    Latin1,
    /// With the euro sign.
    Latin9,
    /// With its mark.
    Utf8,
}

impl Charset {
    fn label(self) -> &'static str {
        match self {
            Self::Windows1252 => "windows-1252",
            Self::Latin1 => "ISO-8859-1",
            Self::Latin9 => "ISO-8859-15",
            Self::Utf8 => "UTF-8",
        }
    }

    fn encoding(self) -> &'static Encoding {
        match self {
            Self::Windows1252 | Self::Latin1 => WINDOWS_1252,
            Self::Latin9 => ISO_8859_15,
            Self::Utf8 => UTF_8,
        }
    }
}

/// What is written and not poured yet.
pub(super) struct Sheet {
    charset: Charset,
    text: String,
    open: Vec<&'static str>,
}

impl Sheet {
    pub(super) fn new(charset: Charset) -> Self {
        Self { charset, text: String::new(), open: Vec::new() }
    }

    /// Pours what is written.
    pub(super) fn pour(&mut self, out: &mut impl Write) -> io::Result<()> {
        let (bytes, _, _) = self.charset.encoding().encode(&self.text);
        out.write_all(&bytes)?;
        self.text.clear();
        Ok(())
    }

    pub(super) fn declare(&mut self) {
        if self.charset == Charset::Utf8 {
            self.text.push('\u{feff}');
        }
        self.text.push_str("<?xml version=\"1.0\" encoding=\"");
        self.text.push_str(self.charset.label());
        self.text.push_str("\"?>\n");
    }

    pub(super) fn open(&mut self, name: &'static str) {
        self.text.push('<');
        self.text.push_str(name);
        self.text.push_str(">\n");
        self.open.push(name);
    }

    pub(super) fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.text.push_str("</");
            self.text.push_str(name);
            self.text.push_str(">\n");
        }
    }

    pub(super) fn leaf(&mut self, name: &str, value: &str) {
        let value: Cow<'_, str> = quick_xml::escape::escape(value);
        for part in ["<", name, ">", &value, "</", name, ">\n"] {
            self.text.push_str(part);
        }
    }

    pub(super) fn date(&mut self, name: &str, day: NaiveDate) {
        self.leaf(name, &day.to_string());
    }

    pub(super) fn flag(&mut self, name: &str, flag: bool) {
        self.leaf(name, if flag { "1" } else { "0" });
    }

    /// An element that holds leaves only.
    fn block(&mut self, name: &'static str, leaves: &[(&str, &str)]) {
        self.open(name);
        for (name, value) in leaves {
            self.leaf(name, value);
        }
        self.close();
    }
}

/// Writes a household.
pub(super) fn household(
    sheet: &mut Sheet,
    territory: Territory,
    family: &Family<'_>,
    right: &Right,
    day: NaiveDate,
) {
    sheet.open("InfosFoyerRSA");
    identification(sheet, territory, family, right);
    person(sheet, &family.applicant, "DEM", family);
    if let Some(partner) = &family.partner {
        person(sheet, partner, "CJT", family);
    }
    for child in &family.children {
        person(sheet, child, "ENF", family);
    }
    administrative(sheet, territory, family);
    entitlement(sheet, family, right);
    sheet.open("Evenement");
    sheet.date("DTLIQ", day);
    sheet.leaf("HEULIQ", "22:15:00");
    sheet.leaf("FG", "SITFAM    ");
    sheet.close();
    if family.in_anomaly {
        sheet.open("Anomalie");
        sheet.close();
    }
    sheet.close();
}

fn identification(sheet: &mut Sheet, territory: Territory, family: &Family<'_>, right: &Right) {
    sheet.open("IdentificationRSA");
    let organism = format!("{:0>2}1", territory.as_str());
    let matricule = format!("{:07}        ", u64::from(family.index) + 1);
    sheet.block("Organisme", &[("FONORG", "CAF"), ("NUMORG", &organism), ("MATRICULE", &matricule)]);
    sheet.block("Partenaire", &[("TYPEPARTE", "CG"), ("IDEPARTE", territory.as_str())]);
    sheet.open("DemandeRSA");
    sheet.date("DTDEMRSA", family.applied_on);
    sheet.leaf("NUMDEMRSA", &format!("9{:010}", u64::from(family.index) + 1));
    sheet.close();
    for (on, block, names) in [
        (right.arrived, "OrganismeCedant", ["FONORGCEDMUT", "NUMORGCEDMUT", "DDARRMUT"]),
        (right.left, "OrganismePrenant", ["FONORGPRENMUT", "NUMORGPRENMUT", "DDDEPAMUT"]),
    ] {
        if let Some(on) = on {
            sheet.block(block, &[(names[0], "CAF"), (names[1], "999"), (names[2], &on.to_string())]);
        }
    }
    sheet.close();
}

fn person(sheet: &mut Sheet, somebody: &Somebody, role: &str, family: &Family<'_>) {
    sheet.open("Personne");
    sheet.open("Identification");
    sheet.leaf("QUAL", if somebody.woman { "MME" } else { "MR " });
    sheet.leaf("NOM", &format!("{:<28}", somebody.last_name));
    sheet.leaf("NOMNAI", &format!("{:<28}", somebody.birth_name));
    sheet.leaf("PRENOM", &format!("{:<32}", somebody.first_name));
    sheet.leaf("NOMCOMNAI", "VILLE-EXEMPLE             ");
    sheet.date("DTNAI", somebody.born_on);
    sheet.leaf("TYPEDTNAI", "N");
    if let Some(nir) = &somebody.nir {
        sheet.leaf("NIR", &format!("{nir:<15}"));
    }
    sheet.flag("TOPVALIEC", true);
    sheet.leaf("SEXE", if somebody.woman { "2" } else { "1" });
    sheet.close();
    let applicant = role == "DEM";
    let since = family.applied_on.to_string();
    sheet.block("DossierCAF", &[("TOPRESPDOS", if applicant { "1" } else { "0" }), ("DDRATDOS", &since)]);
    sheet.block("Prestations", &[("NATPREST", "RSA"), ("ROLEPERS", role), ("TOPCHAPERS", "1")]);
    sheet.block("Prestations", &[("NATPREST", "PF "), ("ROLEPERS", role), ("TOPCHAPERS", "1")]);
    if let Some(number) = &somebody.job_seeker {
        sheet.block("DossierPoleEmploi", &[("IDASSEDIC", number)]);
    }
    if role != "ENF" {
        sheet.open("MontantCalculDroitRSAPersonne");
        sheet.flag("TOPPERSDRODEVORSA", somebody.duties);
        sheet.leaf("MTPERSRESSMENRSA", "0.00");
        sheet.close();
        sheet.block("Activite", &[("REG", "GEN"), ("ACT", "SAC"), ("DDACT", &since)]);
    }
    sheet.close();
}

fn administrative(sheet: &mut Sheet, territory: Territory, family: &Family<'_>) {
    sheet.open("DonneesAdministratives");
    let situation = if family.partner.is_some() { "MAR" } else { "CEL" };
    let since = family.applied_on.to_string();
    sheet.block("SituationFamille", &[("SITFAM", situation), ("DDSITFAM", &since)]);
    if let Some(commune) = family.commune {
        sheet.open("Adresse");
        let shared =
            [("RGADR", "01"), ("DTEMM", &*since), ("PAYS", "FRA"), ("TYPEADR", "D"), ("ETATADR", "CO")];
        sheet.block("TroncCommunAdresse", &shared);
        address(sheet, territory, family, commune);
        sheet.close();
    }
    sheet.close();
}

fn address(sheet: &mut Sheet, territory: Territory, family: &Family<'_>, commune: &Commune) {
    let code = commune.insee.to_string();
    // The number of the commune in its département: what follows the two characters of that, three figures.
    let number =
        if territory.as_str().len() == 3 { format!("0{}", &code[3..]) } else { code[2..].to_owned() };
    let (kind, street) = if family.homeless { ("", "CHEZ CCAS EXEMPLE") } else { family.street };
    let house = if family.homeless { String::new() } else { family.number.to_string() };
    sheet.block(
        "AdresseDetailleeFrance",
        &[
            ("COMPLIDEADR", "   "),
            ("COMPLADR", "   "),
            ("NUMVOIE", &format!("{house:<6}")),
            ("LIBTYPEVOIE", kind),
            ("NOMVOIE", &format!("{street:<32}")),
            ("LIEUDIST", "   "),
            ("NUMCOM", &number),
            ("CODEPOS", commune.postcodes().next().unwrap_or("00000")),
            ("NOMCOM", &commune.name.to_uppercase().replace('’', "'")),
        ],
    );
}

fn entitlement(sheet: &mut Sheet, family: &Family<'_>, right: &Right) {
    sheet.open("PrestationRSA");
    sheet.open("SituationDossierRSA");
    sheet.block("EtatDossierRSA", &[("ETATDOSRSA", right.state.code())]);
    if right.state == RightState::Refused {
        sheet.block("Refus", &[("DTREFURSA", &family.applied_on.to_string()), ("MOTIREFURSA", "PCG")]);
    }
    if let Some((motive, day)) = right.suspension {
        let (motive, day) = (format!("{:<3}", motive.code()), day.to_string());
        sheet.block("SuspensionVersement", &[("MOTISUSVERSRSA", &motive), ("DDSUSVERSRSA", &day)]);
    }
    if let Some((motive, day)) = right.closure {
        let earlier = right.state == RightState::ClosedEarlier;
        let block = if earlier { "FinDroitMoisAnterieur" } else { "FinDroit" };
        sheet.block(block, &[("MOTICLORSA", motive.code()), ("DTCLORSA", &day.to_string())]);
    }
    sheet.close();
    sheet.open("DetailDroitRSA");
    sheet.open("TroncCommunDroitRSA");
    sheet.flag("TOPSANSDOMFIXE", family.homeless);
    sheet.leaf("NBENFAUTCHA", &family.children.len().to_string());
    sheet.leaf("ORIDEMRSA", "DEM");
    sheet.flag("TOPFOYDRODEVORSA", family.applicant.duties);
    sheet.close();
    let since = family.applied_on.to_string();
    sheet.block(
        "MontantsCalculDroitRSA",
        &[
            ("DDELECAL", &since),
            ("MTREVMINIGARARSA", "607.75"),
            ("MTREVGARARSA", "607.75"),
            ("MTRESSMENRSA", "0.00"),
            ("MTTOTDRORSA", "607.75"),
        ],
    );
    sheet.block("DetailCalculDroitRSA", &[("NATPF", "RSD"), ("SOUSNATPF", "RSDN1"), ("DDNATDRO", &since)]);
    sheet.close();
    sheet.close();
}
