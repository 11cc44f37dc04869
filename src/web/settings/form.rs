//! What forms of settings and of administration have in common: what is wrong with a field, and what can be chosen.

use crate::base::{Error, Result};
use crate::web::texts::Texts;

/// Fields, and what is wrong with them.
#[derive(Clone, Debug, Default)]
pub struct Problems(pub Vec<(String, String)>);

impl Problems {
    /// One field is wrong.
    pub fn one(field: &str, why: String) -> Self {
        Self(vec![(field.to_owned(), why)])
    }

    /// The page was open for too long: what was typed stays, with another token.
    pub fn expired(t: &Texts) -> Self {
        Self::one("form", t.say("form-expired"))
    }

    /// What an operation refused: of the fields in `names` (what operations call a field, and what the form does), others are of the
    /// form as a whole. Errors that are not about what was typed are returned.
    pub fn of(t: &Texts, error: Error, names: &[(&str, &str)]) -> Result<Self> {
        match error {
            Error::Invalid { field, why } => {
                let known = names.iter().find(|(name, _)| *name == field).map(|(_, own)| *own);
                Ok(Self::one(known.unwrap_or("form"), t.why(&why)))
            }
            Error::Conflict(why) | Error::TooLarge(why) | Error::Forbidden(why) => Ok(Self::one("form", t.why(&why))),
            Error::Malformed(why) => Ok(Self::one("form", t.why(&why.into()))),
            error => Err(error),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether something is wrong with a field.
    pub fn has(&self, field: impl AsRef<str>) -> bool {
        self.0.iter().any(|(wrong, _)| wrong == field.as_ref())
    }

    /// What is wrong with a field; may be empty.
    pub fn why(&self, field: impl AsRef<str>) -> &str {
        self.0.iter().find(|(wrong, _)| wrong == field.as_ref()).map(|(_, why)| why.as_str()).unwrap_or_default()
    }

    /// The ids of what explains a field, for `aria-describedby`.
    pub fn described(&self, field: impl AsRef<str>, hint: impl AsRef<str>) -> String {
        let field = field.as_ref();
        let hint = (!hint.as_ref().is_empty()).then(|| format!("{field}-hint"));
        let why = self.has(field).then(|| format!("{field}-why"));
        hint.into_iter().chain(why).collect::<Vec<_>>().join(" ")
    }
}

/// Something that can be chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// What can be chosen: values and what they are called; `chosen` is one of the values.
pub fn choices<V: AsRef<str>>(all: impl IntoIterator<Item = (V, String)>, chosen: &str) -> Vec<Choice> {
    let choice = |(value, label): (V, String)| Choice {
        value: value.as_ref().to_owned(),
        chosen: value.as_ref() == chosen,
        label,
    };
    all.into_iter().map(choice).collect()
}
