//! Files of other administrations, from the moment they are received to what becomes of each line.
//!
//! A file is kept in sealed blocks ([`deposit`]); whoever can read it cuts it into sealed parts ([`cut`]); the parts are
//! applied one by one, each as often as it takes ([`apply_part`]). Nothing is written of a file before all of it was read
//! and checked. Applying a line again changes nothing: who is known is found again, and what was told is known.

mod adult;
mod apply;
mod deposit;
mod keeping;
mod opening;
mod reader;
mod store;
mod taking_over;
mod update;
mod views;

pub use apply::{Applied, apply_part};
pub use deposit::{Deposit, MOST_BYTES, deposit, receive, received};
pub use keeping::tend;
pub use reader::{
    Cut, PartResult, file_block, read_results, refuse_whole, remember, remembered, return_file,
    settle_columns, to_be_read,
};
pub use store::{Import, load, ready};
pub use views::{apply_now, import, imports, returned, set_columns};
