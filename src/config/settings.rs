//! What of the configuration can change while the instance runs. Administrators change it, the database keeps it
//! (`instances::ops`), [`crate::app::App::settings`] has it. What nobody changed is as the file says.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Config, RegistrationMode};

/// What is in force. The names of the fields are the keys under which changes are stored; each is of the same name below
/// `instance` in the file, but for `registrations`, which is `registrations.mode`, and those that begin with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    pub title: String,
    pub description: String,
    pub contact_email: String,
    pub languages: Vec<String>,
    pub rules: Vec<String>,
    pub extended_description: String,
    pub privacy_policy: String,
    pub terms_of_service: String,
    pub terms_effective_date: Option<NaiveDate>,
    pub next_terms_of_service: String,
    pub next_terms_effective_date: Option<NaiveDate>,
    pub registrations: RegistrationMode,
    pub registrations_message: String,
    pub registrations_url: Option<url::Url>,
}

/// Whether an address can be opened in a browser.
pub fn is_web_page(url: &url::Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host()
}

fn tree(settings: &Settings) -> Map<String, Value> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(tree)) => tree,
        _ => Map::new(),
    }
}

impl Settings {
    /// As the file has them.
    pub fn of(config: &Config) -> Self {
        let instance = config.instance.clone();
        Self {
            title: instance.title,
            description: instance.description,
            contact_email: instance.contact_email,
            languages: instance.languages,
            rules: instance.rules,
            extended_description: instance.extended_description,
            privacy_policy: instance.privacy_policy,
            terms_of_service: instance.terms_of_service,
            terms_effective_date: instance.terms_effective_date,
            next_terms_of_service: instance.next_terms_of_service,
            next_terms_effective_date: instance.next_terms_effective_date,
            registrations: config.registrations.mode,
            registrations_message: config.registrations.message.clone(),
            registrations_url: config.registrations.url.clone(),
        }
    }

    /// From when the next terms hold, where there are any.
    pub fn next_terms_from(&self) -> Option<NaiveDate> {
        self.next_terms_effective_date.filter(|_| !self.next_terms_of_service.trim().is_empty())
    }

    /// Whether there are terms, or will be.
    pub fn has_terms(&self) -> bool {
        !self.terms_of_service.trim().is_empty() || self.next_terms_from().is_some()
    }

    /// Whether those who would like an account, and cannot make one themselves, are told what to do.
    pub fn tell_how_to_join(&self) -> bool {
        let told = self.registrations_url.is_some() || !self.registrations_message.trim().is_empty();
        told && !self.registrations.takes_strangers()
    }

    /// These with what was changed. A change that is not understood, as one by a later version may be, is left out.
    pub fn with(mut self, changed: &[(String, Value)]) -> Self {
        for (key, value) in changed {
            let mut tree = tree(&self);
            if !tree.contains_key(key) {
                continue;
            }
            tree.insert(key.clone(), value.clone());
            if let Ok(settings) = serde_json::from_value(Value::Object(tree)) {
                self = settings;
            }
        }
        self
    }

    /// What of these is not as in `other`.
    pub fn changes(&self, other: &Self) -> Vec<(String, Value)> {
        let other = tree(other);
        tree(self).into_iter().filter(|(key, value)| other.get(key) != Some(value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn changes_are_told_and_put_back() {
        let configured = Settings::of(&Config::default());
        let mut changed = configured.clone();
        changed.title = "Acme".into();
        changed.rules = vec!["Be kind".into()];
        changed.registrations = RegistrationMode::Open;
        let changes = changed.changes(&configured);
        let mut keys: Vec<&str> = changes.iter().map(|(key, _)| key.as_str()).collect();
        keys.sort_unstable();
        assert_eq!(keys, ["registrations", "rules", "title"]);
        assert_eq!(configured.clone().with(&changes), changed);
        let strange =
            [("title".into(), json!(5)), ("later".into(), json!("x")), ("registrations".into(), json!("odd"))];
        assert_eq!(configured.clone().with(&strange), configured);
    }
}
