//! What is fuzzed (`fuzz/`), in each test run: the committed seeds, and changes of them that chance makes.

use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestError, TestRunner};

use entries::{TARGETS, Target};

#[path = "../../fuzz/src/lib.rs"]
mod entries;

/// The seeds of a target, by name.
fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut seeds: Vec<(String, Vec<u8>)> = files
        .map(|file| file.unwrap())
        .map(|file| (file.file_name().to_string_lossy().into_owned(), std::fs::read(file.path()).unwrap()))
        .collect();
    seeds.sort();
    assert!(seeds.len() >= 5, "{} has {} seeds", folder.display(), seeds.len());
    seeds
}

/// One thing that is done to a seed.
#[derive(Clone, Debug)]
enum Change {
    Cut(Index, Index),
    Insert(Index, Vec<u8>),
    Replace(Index, u8),
    /// A piece of another seed.
    Splice(Index, Index, Index, Index),
    Repeat(Index, Index, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<Index>;
    prop_oneof![
        (at(), at()).prop_map(|(from, to)| Change::Cut(from, to)),
        (at(), proptest::collection::vec(any::<u8>(), 1..6)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (at(), "[<>&\"'@#:/.,=*_`~(){}\\[\\]\\\\\n 0-9-]").prop_map(|(at, text)| Change::Insert(at, text.into_bytes())),
        (at(), any::<u8>()).prop_map(|(at, byte)| Change::Replace(at, byte)),
        (at(), at(), at(), at()).prop_map(|(seed, from, to, at)| Change::Splice(seed, from, to, at)),
        (at(), at(), 2_usize..40).prop_map(|(from, to, times)| Change::Repeat(from, to, times)),
    ]
}

fn range(from: &Index, to: &Index, length: usize) -> std::ops::Range<usize> {
    let (from, to) = (from.index(length + 1), to.index(length + 1));
    from.min(to)..from.max(to)
}

fn changed(seeds: &[(String, Vec<u8>)], seed: &Index, changes: &[Change]) -> Vec<u8> {
    let mut bytes = seed.get(seeds).1.clone();
    for change in changes {
        let length = bytes.len();
        match change {
            Change::Cut(from, to) => drop(bytes.drain(range(from, to, length))),
            Change::Insert(at, new) => drop(bytes.splice(range(at, at, length), new.iter().copied())),
            Change::Replace(at, byte) if length > 0 => bytes[at.index(length)] = *byte,
            Change::Replace(..) => {}
            Change::Splice(seed, from, to, at) => {
                let other = &seed.get(seeds).1;
                let piece = other[range(from, to, other.len())].to_vec();
                drop(bytes.splice(range(at, at, length), piece));
            }
            Change::Repeat(from, to, times) => {
                let piece = range(from, to, length);
                let (end, piece) = (piece.end, bytes[piece].repeat(*times));
                drop(bytes.splice(end..end, piece));
            }
        }
        bytes.truncate(4_000);
    }
    bytes
}

/// Bytes that are shown as text.
struct Input(Vec<u8>);

impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

#[test]
fn every_seed_is_read_as_it_must_be() {
    for (target, run) in TARGETS {
        for (name, bytes) in seeds(target) {
            println!("{target}/{name}");
            run(&bytes);
        }
    }
}

/// Runs changed seeds through a target, until one fails or there were enough.
fn search(run: Target, seeds: Vec<(String, Vec<u8>)>) -> Result<(), TestError<Input>> {
    let mut runner = TestRunner::new(Config { cases: 150, failure_persistence: None, ..Config::default() });
    let changes = (any::<Index>(), proptest::collection::vec(change(), 1..6));
    let inputs = changes.prop_map(move |(seed, changes)| Input(changed(&seeds, &seed, &changes)));
    runner.run(&inputs, |input| {
        run(&input.0);
        Ok(())
    })
}

#[test]
fn whatever_becomes_of_a_seed_is_read_as_it_must_be() {
    for (target, run) in TARGETS {
        search(run, seeds(target)).unwrap_or_else(|error| panic!("{target}: {error}"));
    }
}

#[test]
fn a_planted_panic_is_found() {
    // Longer than any seed.
    let planted: Target = |data| assert!(data.len() < 2000, "planted");
    let found = search(planted, seeds("html")).unwrap_err().to_string();
    assert!(found.contains("planted"), "{found}");
}
