//! Triage: proposes a parcours, with its explanation.
//!
//! The rule is in `domain`, the shell in `engine`; this file only plugs them in.

use engine::ports::QueueName;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let (world, _) = lambda::init()?;
    lambda::serve_queue(world, QueueName::Triage).await
}
