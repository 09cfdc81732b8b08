//! Tokens: one algorithm, one issuer, one audience, every claim there and typed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use web::auth::AuthError;
use web::{Auth, AuthConfig, JwksSource};

use crate::common::{KEY, claims, key_set, make_key, service, sign, token};

fn auth() -> Auth {
    Auth::new(AuthConfig::for_testing(), JwksSource::fixed(&key_set(&KEY, "k1")).unwrap())
}

async fn reason(token: &str) -> Option<AuthError> {
    auth().professional(token).await.err()
}

fn with(name: &str, value: Value) -> String {
    let mut claims = claims("orientation", "agent-1");
    claims[name] = value;
    sign(&claims)
}

fn without(name: &str) -> String {
    let mut claims = claims("orientation", "agent-1");
    claims.as_object_mut().unwrap().remove(name);
    sign(&claims)
}

#[tokio::test]
async fn a_good_token_names_a_professional() {
    let professional = auth().professional(&token("responsable", "agent-1")).await.unwrap();
    assert_eq!((professional.agent.as_str(), professional.role.code()), ("agent-1", "responsable"));
    assert_eq!(professional.territory.as_str(), "77");
}

#[tokio::test]
async fn every_claim_is_required_and_typed() {
    let now = jsonwebtoken::get_current_timestamp();
    for name in ["exp", "nbf", "sub", "iss", "aud"] {
        assert_eq!(reason(&without(name)).await, Some(AuthError::Incomplete), "{name}");
    }
    for name in ["exp", "nbf", "sub"] {
        let wrong = if name == "sub" { json!(12) } else { json!((now + 100).to_string()) };
        assert_eq!(reason(&with(name, wrong)).await, Some(AuthError::Incomplete), "{name}");
    }
    assert_eq!(reason(&with("exp", json!(now - 61))).await, Some(AuthError::Expired));
    assert_eq!(reason(&with("nbf", json!(now + 61))).await, Some(AuthError::TooEarly));
    assert_eq!(reason(&with("iss", json!("https://autre.test"))).await, Some(AuthError::Issuer));
    assert_eq!(reason(&with("aud", json!("autre"))).await, Some(AuthError::Audience));
    assert_eq!(reason(&with("sub", json!("a b"))).await, Some(AuthError::Incomplete));
    assert_eq!(reason(&with("role", json!("stagiaire"))).await, Some(AuthError::NoRole));
    assert_eq!(reason(&with("role", json!(["orientation"]))).await, Some(AuthError::NoRole));
    assert_eq!(reason(&with("territoire", json!("20"))).await, Some(AuthError::NoTerritory));
    assert_eq!(reason(&with("aud", json!(["autre", "spie"]))).await, None);
}

#[tokio::test]
async fn no_other_algorithm_and_no_other_key_is_accepted() {
    let claims = claims("orientation", "agent-1");
    let header = |alg, kid: Option<&str>| Header { kid: kid.map(str::to_owned), ..Header::new(alg) };
    let encode = |header: &Header, key: &EncodingKey| jsonwebtoken::encode(header, &claims, key).unwrap();
    let secret = EncodingKey::from_secret(b"secret");
    assert_eq!(
        reason(&encode(&header(Algorithm::HS256, Some("k1")), &secret)).await,
        Some(AuthError::Algorithm)
    );
    assert_eq!(
        reason(&encode(&header(Algorithm::RS512, Some("k1")), &KEY)).await,
        Some(AuthError::Algorithm)
    );
    assert_eq!(reason(&encode(&header(Algorithm::RS256, None), &KEY)).await, Some(AuthError::UnknownKey));
    assert_eq!(
        reason(&encode(&header(Algorithm::RS256, Some("k2")), &KEY)).await,
        Some(AuthError::UnknownKey)
    );
    let other = make_key();
    assert_eq!(
        reason(&encode(&header(Algorithm::RS256, Some("k1")), &other)).await,
        Some(AuthError::Signature)
    );
    // {"alg":"none","kid":"k1"} . {} . nothing
    assert_eq!(reason("eyJhbGciOiJub25lIiwia2lkIjoiazEifQ.e30.").await, Some(AuthError::Algorithm));
    for garbage in ["", "a", "a.b", "a.b.c", "....", "é.é.é"] {
        assert!(reason(garbage).await.is_some(), "{garbage:?}");
    }
}

#[tokio::test]
async fn a_token_that_is_refused_says_why_and_how_to_ask() {
    let service = service();
    let reply = service.get("/v1/dossiers", None).await;
    assert_eq!(reply.problem(), (401, "jeton_absent".into()));
    assert!(reply.header("www-authenticate").starts_with("Bearer"));
    let expired = with("exp", json!(1));
    assert_eq!(service.get("/v1/dossiers", Some(&expired)).await.problem(), (401, "jeton_expire".into()));
    let elsewhere = with("territoire", json!("93"));
    assert_eq!(
        service.get("/v1/dossiers", Some(&elsewhere)).await.problem(),
        (403, "territoire_absent".into())
    );
}

#[tokio::test]
async fn keys_are_fetched_once_and_an_unknown_one_makes_nobody_hammer_the_issuer() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let source = JwksSource::Fetched(Box::new(move || {
        counter.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Ok(key_set(&KEY, "k1")) })
    }));
    let auth = Auth::new(AuthConfig::for_testing(), source);
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    for _ in 0..3 {
        auth.professional(&token("orientation", "agent-1")).await.unwrap();
    }
    let header = Header { kid: Some("k9".into()), ..Header::new(Algorithm::RS256) };
    let unknown = jsonwebtoken::encode(&header, &claims("orientation", "a"), &KEY).unwrap();
    for _ in 0..20 {
        assert_eq!(auth.professional(&unknown).await, Err(AuthError::UnknownKey));
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1, "within the same half minute");
}

#[tokio::test]
async fn an_issuer_that_does_not_answer_makes_the_service_unavailable_and_not_open() {
    let down = JwksSource::Fetched(Box::new(|| {
        Box::pin(async { Err(engine::PortError::new("fetch the keys", "no answer")) })
    }));
    let auth = Auth::new(AuthConfig::for_testing(), down);
    assert_eq!(auth.professional(&token("orientation", "a")).await, Err(AuthError::KeysUnavailable));
}
