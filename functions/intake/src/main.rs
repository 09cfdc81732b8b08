//! Intake: the public door: the form, the applications, the person's own space.
//!
//! Every route is in `web::router`; this file only plugs it in.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let (world, environment) = lambda::init()?;
    lambda::serve_http(web::public_router(lambda::state(world, &environment)?)).await
}
