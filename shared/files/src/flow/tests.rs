//! The flows as a whole: what is read of a file, what refuses it, and what no bytes can do.

mod application;
mod corpus;
mod golden;
mod limits;
mod properties;
mod refusals;
mod sample;
mod whole;
