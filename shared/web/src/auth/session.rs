//! The session of the pages: a cookie that holds the token itself, verified at every request.
//!
//! A gateway's authorizer reads no cookie, so the function does. Nothing is kept on the server: signing out removes
//! the cookie, and the token dies at its `exp`.

use http::{HeaderMap, header};

/// The cookie's name. The prefix makes browsers refuse it without `Secure`, with a domain, or below another path.
pub const COOKIE: &str = "__Host-session";

/// The `Set-Cookie` that opens a session with this token. `None` when the token has characters that no token has.
pub fn cookie(token: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    (!token.is_empty() && token.bytes().all(plain))
        .then(|| format!("{COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Lax"))
}

/// The `Set-Cookie` that ends the session.
pub fn end_cookie() -> String {
    format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// The token in the session cookie of a request.
pub fn token_of(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, token)| token)
        .filter(|token| !token.is_empty())
}
