//! The section `instance` of the configuration: what an instance is called, and says of itself.

use serde::{Deserialize, Serialize};

/// To whom something is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shown {
    All,
    Users,
    Nobody,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Instance {
    /// The name that handles end in, with a port if its URLs have one. It can never be changed.
    pub domain: String,
    pub title: String,
    pub description: String,
    pub contact_email: String,
    /// The name of somebody here whom one can ask; may be empty.
    pub contact_username: String,
    /// Where one reads whether this instance is well.
    pub status_url: Option<url::Url>,
    /// Languages of the people here, for clients that ask. Pages are in the first one for whoever asks for none that there is.
    pub languages: Vec<String>,
    pub rules: Vec<String>,
    // The next three are Markdown.
    pub extended_description: String,
    pub privacy_policy: String,
    pub terms_of_service: String,
    /// From when the terms hold.
    pub terms_effective_date: Option<chrono::NaiveDate>,
    /// What the terms will be (Markdown), and from when on these hold in their place.
    pub next_terms_of_service: String,
    pub next_terms_effective_date: Option<chrono::NaiveDate>,
    /// Who learns which servers this one has met, and how much happens here.
    pub show_peers: Shown,
    /// Who learns which domains are limited or suspended.
    pub show_domain_blocks: Shown,
    /// Where the source of the running version can be had (AGPL-3.0, section 13).
    pub source_url: String,
}

impl Default for Instance {
    fn default() -> Self {
        Self {
            domain: String::new(),
            title: "Pollen".into(),
            description: "A place to learn from one another at work.".into(),
            contact_email: String::new(),
            contact_username: String::new(),
            status_url: None,
            languages: vec!["en".into()],
            rules: Vec::new(),
            extended_description: String::new(),
            privacy_policy: String::new(),
            terms_of_service: String::new(),
            terms_effective_date: None,
            next_terms_of_service: String::new(),
            next_terms_effective_date: None,
            show_peers: Shown::All,
            show_domain_blocks: Shown::Users,
            source_url: "https://github.com/pollen-network/pollen".into(),
        }
    }
}
