//! Professionals: the professionals' door: pages and API, behind the JWT authorizer.
//!
//! Every route is in `web::router`; this file only plugs it in.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let (world, environment) = lambda::init()?;
    lambda::serve_http(web::professional_router(lambda::state(world, &environment)?)).await
}
