//! What somebody gives who wants an account, and what is wrong with it field by field.

use serde_json::{Map, Value, json};

use super::Registration;
use crate::base::handle::{self, UsernameError};

/// The least that a password has, in characters: what clients' own forms ask for.
pub const LEAST_PASSWORD: usize = 8;

/// The most that a password has, in bytes.
pub const MOST_PASSWORD_BYTES: usize = 256;

const MOST_EMAIL: usize = 254;
/// What can be wrong with a field. Clients know Mastodon's names for these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    Accepted,
    Blank,
    Blocked,
    Invalid,
    Reserved,
    Taken,
    TooLong,
    TooShort,
}

impl Problem {
    /// Mastodon's name for it (https://docs.joinmastodon.org/methods/accounts/#422-unprocessable-entity).
    pub fn code(self) -> &'static str {
        match self {
            Self::Accepted => "ERR_ACCEPTED",
            Self::Blank => "ERR_BLANK",
            Self::Blocked => "ERR_BLOCKED",
            Self::Invalid => "ERR_INVALID",
            Self::Reserved => "ERR_RESERVED",
            Self::Taken => "ERR_TAKEN",
            Self::TooLong => "ERR_TOO_LONG",
            Self::TooShort => "ERR_TOO_SHORT",
        }
    }

    /// In words, to follow the field's name.
    pub fn why(self) -> &'static str {
        match self {
            Self::Accepted => "must be accepted",
            Self::Blank => "can't be blank",
            Self::Blocked => "is not allowed here",
            Self::Invalid => "is invalid",
            Self::Reserved => "is reserved",
            Self::Taken => "has already been taken",
            Self::TooLong => "is too long",
            Self::TooShort => "is too short",
        }
    }
}

/// A field's name, and what is wrong with it.
pub type FieldProblem = (&'static str, Problem);

/// What the API answers about wrong fields: `{"error", "details": {field: [{error, description}]}}`.
pub fn details(problems: &[FieldProblem]) -> Value {
    let mut fields = Map::new();
    for (field, problem) in problems {
        let list = fields.entry((*field).to_owned()).or_insert_with(|| json!([]));
        if let Value::Array(list) = list {
            list.push(json!({"error": problem.code(), "description": problem.why()}));
        }
    }
    let sentence: Vec<String> = problems.iter().map(|(field, problem)| format!("{field} {}", problem.why())).collect();
    json!({"error": format!("Validation failed: {}", sentence.join(", ")), "details": fields})
}

pub(super) fn check(new: &Registration) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    match handle::validate_local_username(&new.username) {
        Ok(()) => {}
        Err(UsernameError::Blank) => problems.push(("username", Problem::Blank)),
        Err(UsernameError::TooLong) => problems.push(("username", Problem::TooLong)),
        Err(UsernameError::Characters) => problems.push(("username", Problem::Invalid)),
        Err(UsernameError::Reserved) => problems.push(("username", Problem::Reserved)),
    }
    if let Err(problem) = check_email(new.email.trim()) {
        problems.push(("email", problem));
    }
    if let Err(problem) = check_password(&new.password) {
        problems.push(("password", problem));
    }
    problems
}

/// Whether a password may be set.
pub fn check_password(password: &str) -> Result<(), Problem> {
    match password {
        "" => Err(Problem::Blank),
        short if short.chars().count() < LEAST_PASSWORD => Err(Problem::TooShort),
        long if long.len() > MOST_PASSWORD_BYTES => Err(Problem::TooLong),
        _ => Ok(()),
    }
}

/// Whether something can be an e-mail address.
pub fn check_email(email: &str) -> Result<(), Problem> {
    if email.is_empty() {
        return Err(Problem::Blank);
    }
    if email.len() > MOST_EMAIL {
        return Err(Problem::TooLong);
    }
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | ',' | ';' | '\\');
    match email.split_once('@') {
        Some((name, domain))
            if !name.is_empty() && !email.contains(odd) && !domain.contains('@') && is_mail_domain(domain) =>
        {
            Ok(())
        }
        _ => Err(Problem::Invalid),
    }
}

/// A host name; `localhost` and names within a company have no dot.
fn is_mail_domain(domain: &str) -> bool {
    !domain.is_empty() && !domain.contains(':') && handle::normalise_domain(domain).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_says_what_is_wrong_with_it() {
        let new = Registration {
            username: "admin".into(),
            email: "x".into(),
            password: "short".into(),
            ..Registration::default()
        };
        let problems = check(&new);
        assert_eq!(
            problems,
            [("username", Problem::Reserved), ("email", Problem::Invalid), ("password", Problem::TooShort)]
        );
        let answer = details(&problems);
        assert_eq!(answer["details"]["username"][0]["error"], "ERR_RESERVED");
        assert_eq!(answer["error"], "Validation failed: username is reserved, email is invalid, password is too short");
    }

    #[test]
    fn addresses_are_checked_for_what_can_be_one() {
        for right in ["ada@acme.example", "a.b+c@acme.example", "ada@localhost", "ada@mail"] {
            assert_eq!(check_email(right), Ok(()), "{right}");
        }
        for wrong in ["ada", "@acme.example", "ada@", "a b@acme.example", "a@b@c", "<a@acme.example>", "ada@a..b"] {
            assert_eq!(check_email(wrong), Err(Problem::Invalid), "{wrong}");
        }
    }
}
