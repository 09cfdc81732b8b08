//! A world in memory, an issuer of tokens, and a client.

use std::sync::{Arc, LazyLock};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use axum::Router;
use axum::body::Body;
use contracts::data::{Reference, Service as ServiceData};
use engine::keys::KeyCache;
use engine::ports::{NoProvider, QueueName};
use engine::{App, World};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use memory::{MemoryDocuments, MemoryQueues, MemoryStore, MemoryWrapper, MovableClock, SeededChance};
use serde_json::{Value, json};
use tower::ServiceExt;
use web::{Auth, AuthConfig, JwksSource, SiteConfig, State, whole_router};

pub(crate) type Memory =
    App<MemoryStore, MemoryQueues, MemoryWrapper, MemoryDocuments, MovableClock, SeededChance>;

/// A running service.
pub(crate) struct Service {
    pub(crate) world: Arc<Memory>,
    pub(crate) router: Router,
}

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: http::HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not json: {} {}", self.status, self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The status and the code of a problem.
    pub(crate) fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        (self.status.as_u16(), self.json()["code"].as_str().unwrap().to_owned())
    }
}

/// One key for all tests: making one takes a while.
pub(crate) static KEY: LazyLock<EncodingKey> = LazyLock::new(make_key);

pub(crate) fn make_key() -> EncodingKey {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let pkcs8: Pkcs8V1Der = pair.as_der().unwrap();
    // The RSA key follows the version and the algorithm, which take 26 bytes for a key of this size.
    EncodingKey::from_rsa_der(&pkcs8.as_ref()[26..])
}

pub(crate) fn key_set(key: &EncodingKey, kid: &str) -> String {
    let mut jwk = Jwk::from_encoding_key(key, Algorithm::RS256).unwrap();
    jwk.common.key_id = Some(kid.to_owned());
    serde_json::to_string(&JwkSet { keys: vec![jwk] }).unwrap()
}

/// Claims that are good for an hour.
pub(crate) fn claims(role: &str, agent: &str) -> Value {
    let now = jsonwebtoken::get_current_timestamp();
    json!({
        "iss": "https://connexion.test", "aud": "spie", "sub": agent, "territoire": "77", "role": role,
        "nbf": now - 10, "exp": now + 3600,
    })
}

pub(crate) fn sign(claims: &Value) -> String {
    let header = Header { kid: Some("k1".into()), ..Header::new(Algorithm::RS256) };
    jsonwebtoken::encode(&header, claims, &KEY).unwrap()
}

pub(crate) fn token(role: &str, agent: &str) -> String {
    sign(&claims(role, agent))
}

pub(crate) fn service() -> Service {
    let world: Arc<Memory> = Arc::new(App {
        store: MemoryStore::default(),
        queues: MemoryQueues::default(),
        wrapper: MemoryWrapper,
        documents: MemoryDocuments::default(),
        messengers: NoProvider,
        clock: MovableClock::new("2026-11-23T09:00:00Z".parse().unwrap()),
        chance: SeededChance::new(1),
        reference: Reference::embedded(
            vec!["77".parse().unwrap(), "91".parse().unwrap()],
            ServiceData::for_testing(),
        )
        .unwrap(),
        key_cache: KeyCache::default(),
    });
    let auth = Auth::new(AuthConfig::for_testing(), JwksSource::fixed(&key_set(&KEY, "k1")).unwrap());
    let state = State {
        world: Arc::clone(&world),
        auth: Arc::new(auth),
        config: Arc::new(SiteConfig::for_testing()),
    };
    let extra = Router::new().route("/essai/panique", axum::routing::get(panic_now));
    Service { world, router: whole_router(state, extra) }
}

async fn panic_now() -> String {
    panic!("a handler that panics, with a secret in its message");
}

impl Service {
    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Reply {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    pub(crate) async fn get(&self, path: &str, token: Option<&str>) -> Reply {
        self.send(request("GET", path, token, &[], Body::empty())).await
    }

    /// Sends JSON with the headers given.
    pub(crate) async fn json(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Reply {
        let mut headers = headers.to_vec();
        headers.push(("content-type", "application/json"));
        self.send(request(method, path, token, &headers, Body::from(body.to_string()))).await
    }

    /// Sends a form as a browser does, with a session when there is a token.
    pub(crate) async fn form(&self, path: &str, token: Option<&str>, fields: &[(&str, &str)]) -> Reply {
        let cookie = token.map(|token| format!("autre=1; __Host-session={token}"));
        let mut headers = vec![
            ("content-type", "application/x-www-form-urlencoded"),
            ("host", "rsa.test"),
            ("origin", "https://rsa.test"),
        ];
        headers.extend(cookie.as_deref().map(|cookie| ("cookie", cookie)));
        let body = fields.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
        let body = body.collect::<Vec<_>>().join("&");
        self.send(request("POST", path, None, &headers, Body::from(body))).await
    }

    /// Opens a page with a session.
    pub(crate) async fn page(&self, path: &str, token: &str) -> Reply {
        let cookie = format!("__Host-session={token}");
        self.send(request("GET", path, None, &[("cookie", &cookie)], Body::empty())).await
    }

    /// Delivers every message until none waits.
    pub(crate) async fn settle(&self) {
        for _ in 0..50 {
            let mut quiet = true;
            for queue in QueueName::ALL {
                for message in self.world.queues().take(queue) {
                    quiet = false;
                    let body = serde_json::to_string(&message).unwrap();
                    if queue == QueueName::Imports {
                        imports::handle(&*self.world, &body).await.unwrap();
                    } else {
                        engine::steps::handle(&*self.world, queue, &body).await.unwrap();
                    }
                }
            }
            if quiet {
                return;
            }
        }
        panic!("messages never settle");
    }

    /// A dossier whose right is confirmed, analysed, ready to sign. Its id.
    pub(crate) async fn ready(&self, key: &str) -> String {
        let counter = token("orientation", "agent-1");
        let mut body = application();
        // Each key is another person's, by the name.
        if key != "cle-1" {
            let letters: String = key.bytes().map(|it| char::from(b'a' + it % 26)).collect();
            body["personne"]["nom"] = json!(format!("Exemple {letters}"));
        }
        body["canal"] = json!("guichet");
        body["droit"] =
            json!({ "statut": "confirme", "date_ouverture": "2026-11-02", "date_reception": "2026-11-20" });
        let reply =
            self.json("POST", "/v1/demandes", Some(&counter), &[("idempotency-key", key)], &body).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text);
        self.settle().await;
        reply.json()["dossier"].as_str().unwrap().to_owned()
    }

    /// A delegation for `agent-1` and a référent with room.
    pub(crate) async fn staffed(&self) {
        let head = token("responsable", "chef-1");
        let delegation = json!({ "nom": "Alix Exemple", "qualite": "responsable d’unité", "acte": "2026-12", "du": "2026-01-01" });
        let reply = self.json("PUT", "/v1/delegations/agent-1", Some(&head), &[], &delegation).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
        for (id, nom) in [("ref-1", "Dominique Modèle"), ("ref-2", "Claude Essai")] {
            let referent = json!({
                "nom": nom, "structure": "MDS de Melun", "telephone": "01 64 14 00 00",
                "organisme": "departement", "capacite": 10, "parcours": ["social", "socio_professionnel"],
            });
            let path = format!("/v1/referents/{id}");
            let reply = self.json("PUT", &path, Some(&head), &[], &referent).await;
            assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text);
        }
    }
}

pub(crate) fn request(
    method: &str,
    path: &str,
    token: Option<&str>,
    headers: &[(&str, &str)],
    body: Body,
) -> Request<Body> {
    let mut builder = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        builder = builder.header("authorization", format!("Bearer {token}"));
    }
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(body).unwrap()
}

pub(crate) fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |out, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out + &char::from(byte).to_string(),
        other => out + &format!("%{other:02X}"),
    })
}

/// An application that can be true.
pub(crate) fn application() -> Value {
    json!({
        "territoire": "77", "canal": "web",
        "personne": {
            "prenom": "Camille", "nom": "Exemple", "date_naissance": "1985-03-31", "telephone": "06 39 98 00 01",
            "adresse": { "voie": "1 rue du Test", "code_postal": "77000", "commune": "77288" },
        },
        "foyer": { "conjoint": false, "enfants": 0 },
        "dsp": { "natlog": "0904" },
    })
}
