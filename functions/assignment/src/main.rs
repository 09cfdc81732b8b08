//! Assignment: names a référent under capacity, or leaves the dossier waiting for a place.
//!
//! The rule is in `domain`, the shell in `engine`; this file only plugs them in.

use engine::ports::QueueName;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let (world, _) = lambda::init()?;
    lambda::serve_queue(world, QueueName::Assignment).await
}
