//! What the service's answers, and their absence, say of a message.

use contracts::letters::Letter;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::scripted::Scripted;
use crate::{Clients, Settings};

fn letter() -> Letter {
    Letter {
        v: 1,
        dossier: "7".into(),
        cle: "recu".into(),
        canal: "sms".into(),
        le: chrono::NaiveDate::from_ymd_opt(2026, 3, 2).unwrap(),
        destinataire: "+33639981234".into(),
        objet: "Votre demande est bien arrivée".into(),
        texte: "Département Seine-et-Marne : votre demande est bien arrivée.".into(),
    }
}

async fn hand_over(clients: &Clients) -> Result<Handed, PortError> {
    let letter = letter();
    let message = Outgoing { key: uuid::Uuid::from_u128(7), letter: &letter };
    clients.messengers(Some("SPIE77".into())).hand_over(Channel::Sms, message).await
}

/// What the service's only answer says; every call.
async fn answered(status: u16, body: &str) -> (Result<Handed, PortError>, Vec<String>) {
    let script = Scripted::new(&[(status, body)]);
    (hand_over(&script.clients()).await, script.requests())
}

#[tokio::test]
async fn a_message_that_is_taken_bears_the_service_s_name_of_it() {
    let (taken, calls) = answered(200, r#"{"MessageId": "m-1"}"#).await;
    assert_eq!(taken.unwrap(), Handed::Taken("m-1".into()));
    let call: serde_json::Value = serde_json::from_str(&calls[0]).unwrap();
    assert_eq!(call["DestinationPhoneNumber"], "+33639981234");
    assert_eq!(
        (&call["OriginationIdentity"], &call["MessageType"]),
        (&"SPIE77".into(), &"TRANSACTIONAL".into())
    );
    assert_eq!(call["MessageBody"], letter().texte);
    assert_eq!(call["Context"]["cle"], "00000000-0000-0000-0000-000000000007");
}

#[tokio::test]
async fn a_number_that_nothing_is_delivered_to_is_refused() {
    let opted_out = r#"{"__type": "ConflictException", "Reason": "DESTINATION_PHONE_NUMBER_OPTED_OUT"}"#;
    let invalid = r#"{"__type": "ValidationException", "Reason": "FIELD_VALIDATION_FAILED",
        "Fields": [{"Name": "DestinationPhoneNumber", "Message": "+33639981234 is not a number"}]}"#;
    let country = r#"{"__type": "ValidationException", "Reason": "DESTINATION_COUNTRY_BLOCKED"}"#;
    for (body, why) in [
        (opted_out, Undelivered::OptedOut),
        (invalid, Undelivered::InvalidAddress),
        (country, Undelivered::InvalidAddress),
    ] {
        assert_eq!(answered(400, body).await.0.unwrap(), Handed::Refused(why), "{body}");
    }
}

#[tokio::test]
async fn a_busy_or_misconfigured_service_has_taken_nothing_and_is_called_once() {
    for (status, kind) in [
        (400, "ThrottlingException"),
        (429, "ThrottlingException"),
        (402, "ServiceQuotaExceededException"),
        (400, "AccessDeniedException"),
        (400, "ResourceNotFoundException"),
        (503, "ServiceUnavailableException"),
    ] {
        let (failed, calls) =
            answered(status, &format!(r#"{{"__type": "{kind}", "message": "+33639981234"}}"#)).await;
        let failed = failed.unwrap_err();
        assert_eq!((failed.operation, calls.len()), (OPERATION, 1), "{kind}");
        assert!(failed.source.to_string().contains(kind) && !failed.source.to_string().contains("+336"));
    }
    let origin = r#"{"__type": "ValidationException", "Reason": "SENDER_ID_NOT_REGISTERED"}"#;
    assert!(answered(400, origin).await.0.is_err(), "the sender is ours to mend");
}

#[tokio::test]
async fn a_service_that_failed_while_it_worked_may_have_taken_the_message() {
    let (unknown, calls) = answered(500, r#"{"__type": "InternalServerException"}"#).await;
    assert_eq!((unknown.unwrap(), calls.len()), (Handed::Unknown, 1));
    assert_eq!(answered(200, "not what it says").await.0.unwrap(), Handed::Unknown);
}

/// A service that reads the call, answers this, and hangs up. Tells how often it was called.
async fn hangs_up_after(answer: &'static str) -> (Result<Handed, PortError>, usize) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let service = tokio::spawn(async move {
        let mut calls = 0;
        while let Ok(Ok((mut stream, _))) =
            tokio::time::timeout(std::time::Duration::from_secs(2), listener.accept()).await
        {
            let mut read = vec![0; 16 * 1024];
            let _ = stream.read(&mut read).await;
            calls += 1;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
        calls
    });
    let result = hand_over(&Clients::new(Settings::for_emulator(&address), None)).await;
    (result, service.await.unwrap())
}

#[tokio::test]
async fn an_answer_lost_on_its_way_leaves_the_message_unknown_and_the_service_is_not_called_again() {
    for cut in ["", "HTTP/1.1 200 OK\r\ncontent-length: 30\r\n\r\n{\"Mess"] {
        let (unknown, calls) = hangs_up_after(cut).await;
        assert_eq!((unknown.unwrap(), calls), (Handed::Unknown, 1), "{cut}");
    }
}

#[tokio::test]
async fn a_service_that_is_not_there_has_taken_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    assert!(hand_over(&Clients::new(Settings::for_emulator(&address), None)).await.is_err());
}

#[tokio::test]
async fn without_an_origin_no_channel_has_a_provider() {
    let messengers = Scripted::default().clients().messengers(None);
    for by in Channel::ALL {
        assert!(!messengers.serves(by));
    }
    let messengers = Scripted::default().clients().messengers(Some("SPIE77".into()));
    assert_eq!(Channel::ALL.map(|by| messengers.serves(by)), [true, false, false]);
}
