//! Reading Rust sources well enough to hold them against the laws: no parser, but strings and comments are told from code.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A file, by its path below the repository's root.
#[derive(Clone, Debug)]
pub struct Source {
    pub path: String,
    pub text: String,
    /// The text with comments, the insides of literals and test modules blanked out; the offsets are the same.
    pub code: String,
    /// As `code`, with the literals left in: what SQL is looked for in.
    pub spoken: String,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        let (mut code, mut spoken) = blank(text);
        if is_test(path) {
            (code, spoken) = (String::new(), String::new());
        }
        if let Some(start) = code.find("#[cfg(test)]\nmod tests") {
            code.truncate(start);
            spoken.truncate(start);
        }
        Self { path: path.to_owned(), text: text.to_owned(), code, spoken }
    }

    /// The line number of an offset.
    pub fn line(&self, offset: usize) -> usize {
        self.text[..offset].bytes().filter(|byte| *byte == b'\n').count() + 1
    }

    /// `accounts::store` for `src/accounts/store.rs`; empty for the crate's root files.
    pub fn module(&self) -> String {
        let bare = self.path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
        if matches!(bare, "lib" | "main") { String::new() } else { bare.replace('/', "::") }
    }

    /// Functions of the code outside of tests: name and span.
    pub fn functions(&self) -> Vec<(String, std::ops::Range<usize>)> {
        let mut found = Vec::new();
        for (at, _) in self.code.match_indices("fn ") {
            if at > 0 && is_word(self.code.as_bytes()[at - 1]) {
                continue;
            }
            let name: String = self.code[at + 3..].chars().take_while(|c| is_word_char(*c)).collect();
            let Some(open) = self.code[at..].find(['{', ';']).map(|open| at + open) else { continue };
            if !name.is_empty() && self.code.as_bytes()[open] == b'{' {
                found.push((name, at..closing(&self.code, open)));
            }
        }
        found
    }
}

/// Files that are tests as a whole.
pub fn is_test(path: &str) -> bool {
    path.ends_with("tests.rs") || path.contains("/tests/")
}

pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_word_char(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

/// The offset behind the bracket that closes the one at `open`.
pub fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0_i32;
    for (offset, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return offset + 1;
        }
    }
    code.len()
}

/// Where a word stands by itself.
pub fn words<'c>(code: &'c str, word: &'c str) -> impl Iterator<Item = usize> + 'c {
    let bytes = code.as_bytes();
    code.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = at.checked_sub(1).is_none_or(|before| !is_word(bytes[before]));
        before && bytes.get(at + word.len()).is_none_or(|after| !is_word(*after))
    })
}

/// Without comments and literals; without comments.
fn blank(text: &str) -> (String, String) {
    let (mut code, mut spoken) = (text.as_bytes().to_vec(), text.as_bytes().to_vec());
    let bytes = text.as_bytes();
    let wipe = |target: &mut [u8], from: usize, to: usize| {
        let to = to.min(target.len());
        target[from.min(to)..to].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
    };
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text.as_bytes()[at..];
        let start = at;
        if rest.starts_with(b"//") {
            at += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
            wipe(&mut code, start, at);
            wipe(&mut spoken, start, at);
        } else if rest.starts_with(b"/*") {
            at += text[at..].find("*/").map_or(rest.len(), |end| end + 2);
            wipe(&mut code, start, at);
            wipe(&mut spoken, start, at);
        } else if rest[0] == b'r' && !bytes[..at].last().is_some_and(|byte| is_word(*byte) && *byte != b'b') {
            let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
            if rest.get(1 + hashes) == Some(&b'"') {
                let end = format!("\"{}", "#".repeat(hashes));
                let inside = at + 2 + hashes;
                let length = text[inside..].find(&end).unwrap_or(text.len() - inside);
                wipe(&mut code, inside, inside + length);
                at = inside + length + end.len();
            } else {
                at += 1;
            }
        } else if rest[0] == b'"' {
            at += 1;
            while at < bytes.len() && bytes[at] != b'"' {
                at += if bytes[at] == b'\\' { 2 } else { 1 };
            }
            wipe(&mut code, start + 1, at);
            at += 1;
        } else if rest[0] == b'\'' {
            // A lifetime has no second quote.
            let letter = text[at + 1..].chars().next().map_or(1, char::len_utf8);
            if rest.get(1) == Some(&b'\\') {
                at += 2 + rest[3..].iter().position(|byte| *byte == b'\'').unwrap_or(0) + 2;
                wipe(&mut code, start + 1, at - 1);
            } else if rest.get(1 + letter) == Some(&b'\'') {
                at += letter + 2;
                wipe(&mut code, start + 1, at - 1);
            } else {
                at += 1;
            }
        } else {
            at += 1;
        }
    }
    (String::from_utf8(code).unwrap(), String::from_utf8(spoken).unwrap())
}

/// All files below a folder of the repository whose names end so.
pub fn read_all(folder: &str, ending: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeMap::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                found.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    found.iter().map(|(name, text)| Source::new(name, text)).collect()
}
