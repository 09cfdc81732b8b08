//! By which door an application comes in, and what that door lets through.

use chrono::NaiveDate;
use domain::Territory;

/// What the border needs to know of whoever sends an application.
#[derive(Clone, Copy, Debug)]
pub struct Admission<'a> {
    /// The territories that this installation serves.
    pub served: &'a [Territory],
    /// Whether a professional or a flow sends it, rather than the public.
    pub trusted: bool,
    /// The local date.
    pub today: NaiveDate,
}
