//! Polls and votes as ActivityPub has them ↔ nouns. Pure. A post with a poll is a `Question`; a vote is a `Note` with a
//! `name` and nothing else, to the author alone, as Mastodon has it
//! (https://docs.joinmastodon.org/spec/activitypub/#Question).

use std::collections::HashSet;

use chrono::{DateTime, SubsecRound, Utc};
use serde_json::{Map, Value, json};

use super::Poll;
use crate::accounts::Account;
use crate::accounts::wire::{context, rfc3339};
use crate::base::activitystreams as read;
use crate::base::id::PollVoteId;

/// Our limits on the polls of others. What passes them is no poll to us; the post is read all the same.
const MOST_OPTIONS: usize = 32;
const MOST_CHARACTERS: usize = 500;
const MOST_VOTES: i64 = 1_000_000_000_000;

/// A poll as another server describes it, checked for shape and size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemotePoll {
    pub multiple: bool,
    /// Its server does not say yet how often each option was chosen.
    pub hide_totals: bool,
    pub options: Vec<String>,
    /// As many as there are options.
    pub votes: Vec<i64>,
    pub voters: Option<i64>,
    pub ends_at: Option<DateTime<Utc>>,
    /// It is said to have ended.
    pub closed: bool,
}

/// Reads the poll of a `Question`; `None` when it has none that could be shown and voted in.
pub fn parse_poll(object: &Value) -> Option<RemotePoll> {
    if !read::is_a(object, "Question") {
        return None;
    }
    let any = read::many(object, "anyOf");
    let items = if any.is_empty() { read::many(object, "oneOf") } else { any };
    if items.is_empty() || items.len() > MOST_OPTIONS {
        return None;
    }
    let options: Vec<String> = items.iter().map(option).collect::<Option<_>>()?;
    // Votes name their option.
    if options.iter().collect::<HashSet<_>>().len() != options.len() {
        return None;
    }
    let said: Vec<Option<i64>> = items.iter().map(|item| count(read::one(item, "replies")?, "totalItems")).collect();
    let closed = read::one(object, "closed");
    let closed_at = read::time(object, "closed");
    Some(RemotePoll {
        multiple: !any.is_empty(),
        hide_totals: said.iter().all(Option::is_none),
        votes: said.into_iter().map(Option::unwrap_or_default).collect(),
        options,
        voters: count(object, "votersCount").or_else(|| count(object, "toot:votersCount")),
        ends_at: closed_at.or_else(|| read::time(object, "endTime")).map(|time| time.trunc_subsecs(6)),
        closed: closed_at.is_some() || closed.and_then(Value::as_bool) == Some(true),
    })
}

/// The text of an option, as it is: votes repeat it letter by letter.
fn option(item: &Value) -> Option<String> {
    let name = read::text(item, "name")?;
    let usable =
        !name.trim().is_empty() && name.chars().count() <= MOST_CHARACTERS && !name.chars().any(char::is_control);
    usable.then(|| name.to_owned())
}

fn count(object: &Value, property: &str) -> Option<i64> {
    let number = read::one(object, property)?.as_i64()?;
    Some(number.clamp(0, MOST_VOTES))
}

/// Somebody's choice, as it arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemoteVote<'a> {
    pub uri: &'a str,
    pub author_uri: &'a str,
    pub name: &'a str,
    /// The post whose poll it is for.
    pub in_reply_to: &'a str,
}

/// Whether an object has the shape of a vote: it answers something, has a name, and nothing to read. Such a thing is never
/// a post, whether or not it counts.
pub fn is_vote(object: &Value) -> bool {
    let empty = |property: &str| read::many(object, property).iter().all(|value| value.as_str() == Some(""));
    read::is_a(object, "Note")
        && read::text(object, "name").is_some_and(|name| !name.is_empty())
        && read::id(object, "inReplyTo").is_some()
        && ["content", "contentMap", "summary", "attachment"].into_iter().all(empty)
}

/// Reads a vote; `None` when it lacks what a vote must have.
pub fn parse_vote(object: &Value) -> Option<RemoteVote<'_>> {
    Some(RemoteVote {
        uri: read::own_id(object)?,
        author_uri: read::id(object, "attributedTo")?,
        name: read::text(object, "name")?,
        in_reply_to: read::id(object, "inReplyTo")?,
    })
}

/// What makes a `Question` of a post with this poll, at this moment; `counts`: with its numbers before the end, too.
pub fn question(poll: &Poll, now: DateTime<Utc>, counts: bool) -> Map<String, Value> {
    let item = |(title, votes): (&String, &i64)| {
        let mut replies = json!({"type": "Collection"});
        if let (true, Some(replies)) = (poll.shows_totals(now, counts), replies.as_object_mut()) {
            replies.insert("totalItems".into(), (*votes).into());
        }
        json!({"type": "Note", "name": title, "replies": replies})
    };
    let items: Vec<Value> = poll.options.iter().zip(&poll.votes).map(item).collect();
    let mut parts = Map::new();
    parts.insert("type".into(), "Question".into());
    parts.insert(if poll.multiple { "anyOf" } else { "oneOf" }.into(), items.into());
    if let Some(voters) = poll.voters.filter(|_| poll.shows_votes(now, counts)) {
        parts.insert("votersCount".into(), voters.into());
    }
    if let Some(at) = poll.expires_at {
        parts.insert("endTime".into(), rfc3339(at).into());
        if poll.is_over(now) {
            parts.insert("closed".into(), rfc3339(at).into());
        }
    }
    parts
}

/// The `Create` of a vote, and its id. `post_uri` is the post whose poll it is for.
pub fn vote(voter: &Account, author: &Account, post_uri: &str, option: &str, id: PollVoteId) -> (String, Value) {
    let note = format!("{}#votes/{id}", voter.uri);
    let uri = format!("{note}/activity");
    let body = json!({
        "@context": context(),
        "id": uri,
        "type": "Create",
        "actor": voter.uri,
        "to": [author.uri],
        "object": {
            "id": note,
            "type": "Note",
            "name": option,
            "attributedTo": voter.uri,
            "inReplyTo": post_uri,
            "to": [author.uri],
        },
    });
    (uri, body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll(options: Value) -> Value {
        json!({"type": "Question", "oneOf": options, "endTime": "2030-01-01T00:00:00Z"})
    }

    #[test]
    fn a_question_is_read_with_what_it_says() {
        let read = parse_poll(&json!({
            "type": ["Question"], "votersCount": 3, "closed": "2029-01-01T00:00:00.123456789Z",
            "anyOf": [
                {"type": "Note", "name": "Yes", "replies": {"type": "Collection", "totalItems": 2}},
                {"type": "Note", "name": "No <b>", "replies": {"totalItems": -5}},
                {"type": "Note", "name": "Perhaps"},
            ],
        }))
        .unwrap();
        assert_eq!((read.options, read.votes), (vec!["Yes".into(), "No <b>".into(), "Perhaps".into()], vec![2, 0, 0]));
        assert_eq!((read.multiple, read.hide_totals, read.closed, read.voters), (true, false, true, Some(3)));
        assert_eq!(read.ends_at.unwrap().to_rfc3339(), "2029-01-01T00:00:00.123456+00:00");
        let hidden = parse_poll(&poll(json!([{"name": "a"}, {"name": "b", "replies": {"totalItems": null}}]))).unwrap();
        assert!(hidden.hide_totals && !hidden.closed && !hidden.multiple && hidden.voters.is_none());
    }

    /// F192
    #[test]
    fn what_cannot_be_voted_in_is_no_poll() {
        let many: Vec<Value> = (0..33).map(|n| json!({"name": n.to_string()})).collect();
        for options in [
            json!([]),
            json!("x"),
            json!([5]),
            json!([{"name": "a"}, {"name": "a"}]),
            json!([{"name": "a"}, {"name": " "}]),
            json!([{"name": "a"}, {"name": "b\u{0}"}]),
            json!([{"name": "a"}, {"name": {"en": "b"}}]),
            json!([{"name": "x".repeat(501)}]),
            json!(many),
        ] {
            assert_eq!(parse_poll(&poll(options.clone())), None, "{options}");
        }
        assert_eq!(parse_poll(&json!({"type": "Note", "oneOf": [{"name": "a"}]})), None);
    }

    /// F195
    #[test]
    fn votes_are_told_from_posts() {
        let vote = json!({"type": "Note", "id": "x", "name": "Yes", "attributedTo": "a", "inReplyTo": "p", "to": "b"});
        assert!(is_vote(&vote) && parse_vote(&vote).is_some());
        for (property, value) in [
            ("content", json!("<p>Hi</p>")),
            ("contentMap", json!({"en": "Hi"})),
            ("attachment", json!([{}])),
            ("name", json!("")),
            ("inReplyTo", json!(null)),
            ("type", json!("Article")),
        ] {
            let mut post = vote.clone();
            post[property] = value;
            assert!(!is_vote(&post), "{post}");
        }
        let mut empty = vote.clone();
        empty["content"] = json!("");
        empty["attachment"] = json!([]);
        assert!(is_vote(&empty));
    }
}
