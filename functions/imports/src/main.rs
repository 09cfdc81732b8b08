//! Imports: reads the files of others and applies them, part by part.
//!
//! The reading is in `imports`, the applying in `engine`, the notices of raw files in `lambda`; this file only plugs them
//! in.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let (world, _) = lambda::init()?;
    lambda::serve_imports(world).await
}
