//! The user's side: what a user does and sees at a terminal, and the commands of a page of the documentation.

pub mod page;
pub mod person;
