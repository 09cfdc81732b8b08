//! KMS: keys wrapped for a context and unwrapped for the same one. Not encrypted: there is nobody to hide them from.

use aws_smithy_types::base64;
use serde_json::{Value, json};

use super::{Answer, Call};

/// What the keys' service answers. A wrapped key is the context it was wrapped for, then the key.
pub(super) fn answer(call: &Call) -> Answer {
    let asked: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let context = asked["EncryptionContext"].to_string();
    let bytes =
        |field: &str| asked[field].as_str().and_then(|it| base64::decode(it).ok()).unwrap_or_default();
    match call.operation.as_str() {
        "Encrypt" => {
            let wrapped = [context.as_bytes(), &bytes("Plaintext")].concat();
            let body = json!({ "CiphertextBlob": base64::encode(wrapped), "KeyId": asked["KeyId"] });
            Answer::ok(body.to_string())
        }
        "Decrypt" => match bytes("CiphertextBlob").strip_prefix(context.as_bytes()) {
            Some(key) => {
                let body = json!({ "Plaintext": base64::encode(key), "KeyId": asked["KeyId"] });
                Answer::ok(body.to_string())
            }
            None => refused("InvalidCiphertextException"),
        },
        _ => refused("UnsupportedOperationException"),
    }
}

fn refused(code: &str) -> Answer {
    Answer { status: 400, body: json!({ "__type": code, "message": "x" }).to_string() }
}

#[cfg(test)]
mod tests {
    use super::super::Service;
    use super::*;

    fn ask(operation: &str, body: &Value) -> (u16, Value) {
        let call = Call { service: Service::Keys, ..Call::of(operation, &body.to_string()) };
        let answer = answer(&call);
        (answer.status, serde_json::from_str(&answer.body).unwrap())
    }

    #[test]
    fn a_key_is_unwrapped_for_its_own_context_only() {
        let context = |name: &str| json!({ "contexte": name });
        let wrap = json!({ "KeyId": "k", "Plaintext": base64::encode("secret"), "EncryptionContext": context("77") });
        let (_, wrapped) = ask("Encrypt", &wrap);
        let unwrap = |name| {
            ask(
                "Decrypt",
                &json!({ "CiphertextBlob": wrapped["CiphertextBlob"], "EncryptionContext": context(name) }),
            )
        };
        assert_eq!(unwrap("77").1["Plaintext"], base64::encode("secret"));
        assert_eq!(unwrap("93").0, 400);
    }
}
