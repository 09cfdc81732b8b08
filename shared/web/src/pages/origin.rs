//! Whether a form comes from our own pages: a form of somebody else's site must do nothing in a person's name.

use http::{HeaderMap, StatusCode, header};

use crate::problem::Problem;

/// What a browser that says nothing of the origin may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silent {
    /// Nothing: a session is at stake.
    Refused,
    /// Go on: there is no session to abuse, and old browsers send neither header.
    Allowed,
}

/// Refuses a form sent from elsewhere.
pub(super) fn check(headers: &HeaderMap, silent: Silent) -> Result<(), Problem> {
    let refused = || Err(Problem::new(StatusCode::FORBIDDEN, "origine_refusee"));
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let fetch = text("sec-fetch-site");
    let origin = text(header::ORIGIN.as_str());
    if fetch.is_some_and(|site| site != "same-origin") {
        return refused();
    }
    let own = match origin {
        Some(origin) => same_host(origin, text(header::HOST.as_str())),
        None => fetch.is_some() || silent == Silent::Allowed,
    };
    if own { Ok(()) } else { refused() }
}

/// The scheme is left out: behind a gateway the function sees none.
fn same_host(origin: &str, host: Option<&str>) -> bool {
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    match (authority, host) {
        (Some(authority), Some(host)) => authority.eq_ignore_ascii_case(host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(pairs: &[(&'static str, &'static str)], silent: Silent) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        check(&headers, silent).is_ok()
    }

    #[test]
    fn a_form_of_our_own_pages_goes_on() {
        let own =
            [("host", "rsa.exemple"), ("origin", "https://rsa.exemple"), ("sec-fetch-site", "same-origin")];
        assert!(judge(&own, Silent::Refused));
        assert!(judge(&own[..2], Silent::Refused));
        assert!(judge(&own[2..], Silent::Refused));
    }

    #[test]
    fn a_form_of_another_site_is_refused_with_or_without_a_session() {
        for silent in [Silent::Refused, Silent::Allowed] {
            assert!(!judge(&[("host", "rsa.exemple"), ("origin", "https://autre.exemple")], silent));
            assert!(!judge(&[("host", "rsa.exemple"), ("origin", "null")], silent));
            assert!(!judge(&[("sec-fetch-site", "cross-site")], silent));
            assert!(!judge(&[("sec-fetch-site", "same-site")], silent));
        }
    }

    #[test]
    fn silence_is_enough_only_where_no_session_is_at_stake() {
        assert!(judge(&[], Silent::Allowed));
        assert!(!judge(&[], Silent::Refused));
    }
}
