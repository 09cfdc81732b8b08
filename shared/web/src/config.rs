//! What an installation says of itself on its pages. Read once at start, by whoever starts it.

/// The département, its service, and how to reach it without a screen.
#[derive(Clone, Debug)]
pub struct SiteConfig {
    /// The département as people name it, as in "Département de Seine-et-Marne".
    pub authority: String,
    /// The service in charge, as in "Service insertion et RSA".
    pub service: String,
    /// Its telephone number, as people read it: `01 64 14 77 77`.
    pub phone: String,
    /// When somebody answers, in one sentence.
    pub hours: String,
    /// Its postal address, on one line.
    pub address: String,
    /// Its e-mail address.
    pub email: String,
    /// The doors through which professionals sign in.
    pub sign_in: Vec<SignIn>,
    /// A sentence at the top of every page, as in "Démonstration : les personnes sont fictives."
    pub notice: Option<String>,
}

/// A door through which professionals sign in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// What the link says.
    pub label: String,
    /// Where it leads.
    pub href: String,
}

impl SiteConfig {
    /// Every installation of tests.
    pub fn for_testing() -> Self {
        Self {
            authority: "Département de Seine-et-Marne".into(),
            service: "Service insertion et RSA".into(),
            phone: "01 64 14 77 77".into(),
            hours: "Du lundi au vendredi, de 9 h à 17 h.".into(),
            address: "Hôtel du Département, CS 50377, 77010 Melun Cedex".into(),
            email: "insertion@departement.exemple".into(),
            sign_in: vec![],
            notice: None,
        }
    }

    /// The telephone number as a machine dials it: `+33164147777` from `01 64 14 77 77`.
    pub fn phone_uri(&self) -> String {
        let digits: String = self.phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        match digits.strip_prefix('0') {
            Some(national) if national.len() == 9 => format!("+33{national}"),
            _ => digits,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_french_number_is_dialled_with_its_country() {
        let dial = |phone: &str| SiteConfig { phone: phone.into(), ..SiteConfig::for_testing() }.phone_uri();
        assert_eq!(dial("01 64 14 77 77"), "+33164147777");
        assert_eq!(dial("39 49"), "3949");
        assert_eq!(dial("+33 1 64 14 77 77"), "+33164147777");
    }
}
