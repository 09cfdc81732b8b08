//! Sweep: the hourly check, the monthly sweep, the relay: what time alone brings about.
//!
//! The rules are in `domain`, the shell in `engine`; this file only plugs them in.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let (world, _) = lambda::init()?;
    lambda::serve_schedules(world).await
}
