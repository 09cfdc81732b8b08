//! Text messages handed over to AWS End User Messaging.
//!
//! The service knows no key of idempotency: a call is made once, never again by the client, and what its failure says
//! of the message decides. Nothing was taken: an error. Nothing will be delivered there: refused. Anything else: unknown.

use aws_sdk_pinpointsmsvoicev2::error::SdkError;
use aws_sdk_pinpointsmsvoicev2::operation::send_text_message::SendTextMessageError;
use aws_sdk_pinpointsmsvoicev2::types::{
    ConflictExceptionReason as Conflict, MessageType, ValidationExceptionReason as Invalid,
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::reminders::{Channel, Undelivered};
use engine::ports::{Handed, Messengers, Outgoing, PortError};

use crate::on_call::OnCall;

const OPERATION: &str = "hand a text message over";

/// The provider of text messages, where there is one.
#[derive(Clone, Debug)]
pub struct AwsMessengers {
    sms: Option<Sms>,
}

#[derive(Clone, Debug)]
struct Sms {
    client: OnCall<aws_sdk_pinpointsmsvoicev2::Client>,
    /// A number, a sender's name or a pool, or the address of one, registered with the service.
    origin: String,
}

/// What the service said, without what it quotes: a number has no place in a log.
#[derive(Debug, thiserror::Error)]
#[error("the service answered {0}")]
struct Answered(String);

impl AwsMessengers {
    /// Sends text messages from this origin; without one, every message leaves as a document.
    pub(crate) fn new(client: OnCall<aws_sdk_pinpointsmsvoicev2::Client>, origin: Option<String>) -> Self {
        Self { sms: origin.map(|origin| Sms { client, origin }) }
    }
}

impl Messengers for AwsMessengers {
    fn serves(&self, by: Channel) -> bool {
        by == Channel::Sms && self.sms.is_some()
    }

    async fn hand_over(&self, by: Channel, message: Outgoing<'_>) -> Result<Handed, PortError> {
        let Some(sms) = self.sms.as_ref().filter(|_| by == Channel::Sms) else {
            return Err(PortError::new(OPERATION, "this channel has no provider"));
        };
        let answer = sms
            .client
            .send_text_message()
            .origination_identity(&sms.origin)
            .destination_phone_number(&message.letter.destinataire)
            .message_body(&message.letter.texte)
            .message_type(MessageType::Transactional)
            // What comes back with the events of the delivery.
            .context("cle", message.key.to_string())
            .send()
            .await;
        match answer {
            Ok(taken) => Ok(Handed::Taken(taken.message_id.unwrap_or_default())),
            Err(SdkError::ServiceError(answer)) => of_answer(answer.err(), answer.raw().status().as_u16()),
            Err(SdkError::ConstructionFailure(_)) => {
                Err(PortError::new(OPERATION, "the call cannot be made"))
            }
            Err(error) if never_arrived(&error) => Err(PortError::new(OPERATION, "nobody answers there")),
            Err(_) => Ok(Handed::Unknown),
        }
    }
}

/// What an answer that is no success says of the message.
fn of_answer(error: &SendTextMessageError, status: u16) -> Result<Handed, PortError> {
    if let SendTextMessageError::ConflictException(it) = error {
        match it.reason() {
            Some(Conflict::DestinationPhoneNumberOptedOut) => {
                return Ok(Handed::Refused(Undelivered::OptedOut));
            }
            Some(
                Conflict::DestinationPhoneNumberBlockedByProtectNumberOverride
                | Conflict::DestinationCountryBlockedByProtectConfiguration,
            ) => return Ok(Handed::Refused(Undelivered::InvalidAddress)),
            Some(_) | None => {}
        }
    }
    if let SendTextMessageError::ValidationException(it) = error
        && is_of_the_number(it)
    {
        return Ok(Handed::Refused(Undelivered::InvalidAddress));
    }
    // A success that cannot be read, or a failure while it worked on the message: it may have sent it. 503 says that it
    // did not begin.
    let says_no = (400..500).contains(&status) || status == 503;
    if says_no { Err(answered(error)) } else { Ok(Handed::Unknown) }
}

/// Whether the number is what is wrong: of everything else in the call, it alone comes from the person.
fn is_of_the_number(error: &aws_sdk_pinpointsmsvoicev2::types::error::ValidationException) -> bool {
    let country = matches!(
        error.reason(),
        Some(
            Invalid::CountryNotEnabled
                | Invalid::DestinationCountryBlocked
                | Invalid::InternationalSendingNotSupported
                | Invalid::InvalidIdentityForDestinationCountry
        )
    );
    country || error.fields().iter().any(|it| it.name() == "DestinationPhoneNumber")
}

fn answered(error: &SendTextMessageError) -> PortError {
    PortError::new(OPERATION, Answered(error.code().unwrap_or("an error without a code").to_owned()))
}

/// Whether the connection was refused: then nothing left.
fn never_arrived(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let refused = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
        if refused == Some(std::io::ErrorKind::ConnectionRefused) {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests;
