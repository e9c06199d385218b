//! `successor_name`: the name of the Secret in which the next key is kept. It is in `sealing`, because `keys restore` reads from a
//! key's name which one it followed.

pub(crate) use sealing::{Predecessor, successor_name};
