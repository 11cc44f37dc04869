//! Conversations as Mastodon's API has them (https://docs.joinmastodon.org/entities/Conversation/). Pure.

use super::Conversation;

/// A conversation. The accounts are a written list; the post is written, or `null`.
pub fn conversation(row: &Conversation, accounts: &str, status: &str) -> String {
    format!("{{\"id\":\"{}\",\"unread\":{},\"accounts\":{accounts},\"last_status\":{status}}}", row.id, row.unread)
}
