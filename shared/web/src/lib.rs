//! The HTTP face: public and professional routers, pages and API, generic over the engine's world.
//!
//! **Invariant:** nothing here decides. A handler reads a request strictly, asks [`engine::requests`], and shows the
//! answer; pages and API go through the same readers and the same engine.

mod api;
pub mod auth;
pub mod config;
mod extract;
mod guard;
pub mod openapi;
mod pages;
pub mod problem;
pub mod router;
mod typo;

pub use auth::{Auth, AuthConfig, JwksSource};
pub use config::{SignIn, SiteConfig};
pub use problem::Problem;
pub use router::{State, professional_router, public_router, whole_router};
