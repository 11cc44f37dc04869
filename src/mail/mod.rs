//! Letters to people: what they are about, and the server that takes them. What they say is written by `web::auth::letters`, in the
//! language of whom they are for; nouns.

pub mod object;
pub mod ops;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::base::id::AccountId;
use crate::jobs::Job;

/// A letter as it is sent: plain text.
#[derive(Clone, Debug)]
pub struct Message {
    pub to: String,
    pub subject: String,
    pub text: String,
}

/// Something that a person is to be written to about. The job writes the letter, and makes the link in it: so no secret waits in a
/// row. Run twice, it sends two letters, whose links both work until one was used.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Letter {
    /// Asks whether the address that somebody registered with is theirs.
    Confirm { account_id: AccountId },
    /// The same, of the address that somebody wants to have from now on.
    Change { account_id: AccountId, email: String },
    /// Somebody forgot the password of whoever has this address, or says so. There may be nobody.
    Reset { email: String },
    /// Somebody wanted to register with the address of somebody who is here already: tells whom it belongs to.
    Taken { email: String },
    /// Tells a person what became of what they said against what moderators did.
    Appeal { account_id: AccountId, approved: bool },
    /// Tells a person that their registration was approved.
    Admitted { account_id: AccountId },
    /// Tells somebody that their registration was refused. Nothing is left here of them but what this says: their address, the name they
    /// wanted, and the language in which they registered.
    Rejected { email: String, username: String, locale: String },
    /// Tells a person what was changed of their account.
    Notice {
        account_id: AccountId,
        notice: Notice,
        /// Where to, when it is not the address that they have now.
        email: Option<String>,
        at: DateTime<Utc>,
    },
}

impl Job for Letter {
    const KIND: &'static str = "letter";
}

/// What was changed, or happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Notice {
    PasswordChanged,
    EmailChanged,
    TotpOn,
    TotpOff,
    PasskeyAdded,
    PasskeyRemoved,
    SecondFactorOff,
    CodesMade,
    CodeUsed,
    /// So many codes were wrong that none is taken for a while.
    CodesGuessed(i32),
    /// So many passwords were wrong.
    PasswordGuessed(i32),
    /// Somebody signed in, in a browser that nobody had signed in with before; what it says of itself.
    NewBrowser(String),
}
