//! Why something is refused: in English for programs and logs, and by a name under which pages say it in the reader's language.
//!
//! The name follows from the English words (`why-cant-be-blank`), so whoever refuses something writes it once, as a sentence.
//! What it says on pages is in `src/web/locales`, in `why.ftl`; `tests/it/tidy` compares the two.

use std::fmt;

/// Why something is refused. Made of a text, or of a pattern and values by [`why!`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Why {
    english: String,
    name: String,
    values: Vec<(&'static str, Value)>,
}

/// What is put into a pattern.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Value {
    /// Languages write numbers, and what is counted by them, in different ways.
    Number(i64),
    Text(String),
    /// Another one, of which this one tells.
    Why(Why),
}

/// A [`Why`] with values in it: `why!("can have at most {most} characters", most = 20)`.
macro_rules! why {
    ($pattern:literal, $($name:ident = $value:expr),+ $(,)?) => {{
        $(let $name = &$value;)+
        let values = vec![$((stringify!($name), $crate::base::why::Value::from($name))),+];
        $crate::base::Why::new($pattern, format!($pattern), values)
    }};
}
pub(crate) use why;

impl Why {
    /// For [`why!`]: a pattern, what it is with the values, and the values.
    pub fn new(pattern: &str, english: String, values: Vec<(&'static str, Value)>) -> Self {
        Self { english, name: name_of(pattern), values }
    }

    /// The name of the text on pages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is in it, by name.
    pub fn values(&self) -> &[(&'static str, Value)] {
        &self.values
    }
}

/// The English words without what is put in, as a name: `why-can-have-at-most-characters`.
pub fn name_of(pattern: &str) -> String {
    let mut name = String::from("why");
    let (mut inside, mut apart) = (false, true);
    for letter in pattern.chars() {
        match letter {
            '{' => inside = true,
            '}' => (inside, apart) = (false, true),
            _ if inside => {}
            '\'' | '’' => {}
            letter if letter.is_ascii_alphanumeric() => {
                if std::mem::take(&mut apart) {
                    name.push('-');
                }
                name.push(letter.to_ascii_lowercase());
            }
            _ => apart = true,
        }
    }
    name
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english)
    }
}

impl From<String> for Why {
    fn from(english: String) -> Self {
        Self { name: name_of(&english), english, values: Vec::new() }
    }
}

impl From<&str> for Why {
    fn from(english: &str) -> Self {
        english.to_owned().into()
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<&Why> for Value {
    fn from(why: &Why) -> Self {
        Self::Why(why.clone())
    }
}

impl From<&&str> for Value {
    fn from(text: &&str) -> Self {
        Self::Text((*text).to_owned())
    }
}

impl From<&f64> for Value {
    fn from(number: &f64) -> Self {
        Self::Text(number.to_string())
    }
}

macro_rules! numbers {
    ($($kind:ty),+) => {
        $(impl From<&$kind> for Value {
            fn from(number: &$kind) -> Self {
                Self::Number(i64::try_from(*number).unwrap_or(i64::MAX))
            }
        })+
    };
}
numbers!(i32, i64, u32, u64, usize);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_follows_from_the_words_alone() {
        assert_eq!(name_of("can't be blank"), "why-cant-be-blank");
        assert_eq!(name_of("can have at most {most} characters"), "why-can-have-at-most-characters");
        assert_eq!(name_of("is no time zone; one is Europe/Vienna"), "why-is-no-time-zone-one-is-europe-vienna");
        assert_eq!(Why::from("can't be blank").name(), Why::from(String::from("Can't be blank.")).name());
    }

    #[test]
    fn programs_read_english_with_the_values_in_it() {
        let (most, handle) = (20_usize, "ada");
        let refused = why!("@{handle} can have at most {most} characters", handle = handle, most = most);
        assert_eq!(refused.to_string(), "@ada can have at most 20 characters");
        assert_eq!(refused.name(), "why-can-have-at-most-characters");
        assert_eq!(refused.values(), [("handle", Value::Text("ada".into())), ("most", Value::Number(20))]);
    }
}
