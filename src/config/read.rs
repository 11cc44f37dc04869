//! Reads a configuration from its sources, each over the one before it: the defaults, the file, the variables, the flags.
//! Says of each mistake where it is and what would be right.

use std::path::Path;

use figment::error::Kind;
use figment::providers::{Format, Serialized, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider, Source};

use super::{Config, ConfigError, refuse};

/// What opens the names of the variables.
const PREFIX: &str = "POLLEN_";

/// One key that a variable or a flag sets.
struct Given {
    /// Dotted.
    key: String,
    value: Value,
    /// Where it comes from, for messages.
    source: String,
}

impl Provider for Given {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.source.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let nested = figment::util::nest(&self.key, self.value.clone());
        Ok(Profile::Default.collect(nested.into_dict().unwrap_or_default()))
    }
}

/// Reads the sources; `overrides` are dotted keys with their values. Not validated yet.
pub(super) fn read(file: Option<&Path>, overrides: &[(&str, String)]) -> Result<Config, ConfigError> {
    let defaults = Config::default();
    let mut figment = Figment::from(Serialized::defaults(&defaults));
    let shapes = serde_json::to_value(&defaults).map_err(|error| ConfigError(error.to_string()))?;
    if let Some(file) = file {
        if !file.is_file() {
            return Err(ConfigError(format!("configuration: there is no file {}", file.display())));
        }
        figment = figment.merge(Toml::file_exact(file));
    }
    for (name, text) in std::env::vars_os() {
        let (Some(name), Some(text)) = (name.to_str(), text.to_str()) else { continue };
        let Some(short) = name.strip_prefix(PREFIX) else { continue };
        if short.contains("__") {
            let key = short.to_ascii_lowercase().replace("__", ".");
            figment = figment.merge(given(&shapes, key, text, name.to_owned()));
        } else if let Some((section, key)) = meant(&shapes, short) {
            let right = format!("{PREFIX}{}__{}", section.to_ascii_uppercase(), key.to_ascii_uppercase());
            return Err(refuse(&format!("{section}.{key}"), &format!("{name} is not read; right would be {right}")));
        }
    }
    for (key, text) in overrides {
        figment = figment.merge(given(&shapes, (*key).to_owned(), text, format!("--set {key}")));
    }
    figment.extract().map_err(|error| {
        let lines: Vec<String> = error.into_iter().map(|one| explain(&one)).collect();
        ConfigError(format!("configuration: {}", lines.join("; ")))
    })
}

/// A text as the key's default is: a list may be written with commas and without brackets; what is a text stays one, also
/// when it looks like a number.
fn given(shapes: &serde_json::Value, key: String, text: &str, source: String) -> Given {
    let shape = key.split('.').try_fold(shapes, |shape, part| shape.get(part));
    let parsed = || text.parse::<Value>().unwrap_or_else(|never| match never {});
    let value = match shape {
        Some(serde_json::Value::Array(_)) if !text.trim_start().starts_with('[') => {
            text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().into()
        }
        Some(
            serde_json::Value::Array(_)
            | serde_json::Value::Object(_)
            | serde_json::Value::Number(_)
            | serde_json::Value::Bool(_),
        ) => parsed(),
        _ => text.into(),
    };
    Given { key, value, source }
}

/// The key that a variable with a single underscore stands for. Other variables with our prefix are not ours:
/// Kubernetes sets some for a service of this name.
fn meant(shapes: &serde_json::Value, short: &str) -> Option<(String, String)> {
    let short = short.to_ascii_lowercase();
    let sections = shapes.as_object()?;
    sections.iter().find_map(|(section, keys)| {
        let key = short.strip_prefix(section.as_str())?.strip_prefix('_')?;
        keys.get(key).map(|_| (section.clone(), key.to_owned()))
    })
}

fn explain(error: &figment::Error) -> String {
    let key = error.path.join(".");
    let what = match &error.kind {
        Kind::UnknownField(_, known) => format!("there is no such key; right would be one of {}", known.join(", ")),
        Kind::UnknownVariant(found, known) => format!("must be one of {}, and is {found:?}", known.join(", ")),
        Kind::InvalidType(found, expected) | Kind::InvalidValue(found, expected) => {
            format!("must be {}, and is {found}", right(expected))
        }
        Kind::Message(why) if why.contains("socket address") => format!("{why}; right would be \"127.0.0.1:3000\""),
        Kind::Message(why) if why.contains("IP address") => format!("{why}; right would be \"127.0.0.1\""),
        other => other.to_string(),
    };
    let source = match error.metadata.as_ref().map(|metadata| (&metadata.source, &metadata.name)) {
        Some((Some(Source::File(file)), _)) => format!(" (in {})", file.display()),
        Some((_, name)) => format!(" (in {name})"),
        None => String::new(),
    };
    if key.is_empty() { format!("{what}{source}") } else { format!("{key}: {what}{source}") }
}

/// What a type is called by people.
fn right(expected: &str) -> &str {
    match expected {
        "usize" | "u64" | "u32" => "a whole number, 0 or more",
        "i32" => "a whole number",
        "f64" => "a number",
        "a boolean" => "true or false",
        "a string" => "a text in quotes",
        "a sequence" => "a list, such as [\"…\", \"…\"]",
        "a map" => "a section of its own",
        section if section.starts_with("struct ") => "a section of its own",
        other => other,
    }
}
