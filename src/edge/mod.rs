//! What the edges share: how parameters are read, answers are written, errors are translated, and callers are known.

pub mod form;
pub mod limits;
pub mod metrics;
pub mod negotiate;
pub mod params;
pub mod request;
pub mod respond;
pub mod slash;
