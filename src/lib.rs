//! Pollen: a federated server for personal learning networks at work.
//!
//! The map. A folder is a slice, named after its noun; a file name means the same in each (see `ARCHITECTURE.md`). Floors,
//! ground first, each importing lower ones only:
//!
//! `base` < `net` < `config` < `db` < `app` < `jobs` < (mod, wire, entity) < store < (ops, view) < object < `edge` <
//! (api, inbox, outbox, web) < (`activities`, `worker`, `routes`, `server`, `housekeeping`, `start`) < `command`
//!
//! On its own floor a slice imports those that stand before it here; `tests/it/tidy` holds the sources against that:
//!
//! - `federation`: the door where activities arrive, their delivery, WebFinger, NodeInfo
//! - `oauth`: client applications, tokens, who is asking
//! - `media`: pictures, films and sounds, of ours and of others
//! - `emojis`: custom emoji, pictures that stand in texts by their names, of ours and of others
//! - `mail`: letters to people, and the server that takes them
//! - `accounts`: people and groups, of this instance and of others
//! - `security`: second factors, passkeys, links in letters, browsers that are known
//! - `conversations`: threads of direct posts, as each of those in them has them
//! - `notifications`: what a person is told of
//! - `push`: devices that want to be told of notifications
//! - `relationships`: follows and follow requests, blocks, mutes, private notes, recommendations
//! - `cards`: what pages say of themselves, below the posts that link to them
//! - `filters`: what somebody does not want to read
//! - `polls`: what posts ask, with answers to choose from
//! - `quotes`: posts that quote posts, and whether those who are quoted agree
//! - `collections`: accounts that somebody recommends, with their consent
//! - `statuses`: posts, their audiences, and the one rule on who may see them
//! - `bookmarks`: posts that a person keeps to find again
//! - `pins`: what somebody shows first of their posts
//! - `scheduled`: posts that wait for their time
//! - `tags`: hashtags that somebody follows, or shows on their profile
//! - `lists`: lists of accounts, read by themselves
//! - `timelines`: home, public, hashtags, groups
//! - `announcements`: what those who run the instance tell everyone
//! - `streaming`: what happens, told to clients at once
//! - `search`: accounts, posts and hashtags by name or address
//! - `suggestions`: whom one could follow, and the directory of those who want to be found
//! - `instances`: what this server says of itself
//!
//! Features, each a slice that can be deleted; those above never import them:
//!
//! - `groups`: groups as actors that relay what is posted to them
//! - `portability`: other names of a person, moves, lists that are taken along, the end of an account
//! - `invitations`: somebody here vouches for whom they bring
//! - `moderation`: reports, what administrators do, whom the instance refuses
//! - `web`: pages for people

pub mod app;
pub mod base;
pub mod config;
pub mod db;
pub mod edge;
pub mod jobs;
pub mod net;

pub mod federation;

pub mod accounts;
pub mod announcements;
pub mod bookmarks;
pub mod cards;
pub mod collections;
pub mod conversations;
pub mod emojis;
pub mod filters;
pub mod instances;
pub mod lists;
pub mod mail;
pub mod media;
pub mod notifications;
pub mod oauth;
pub mod pins;
pub mod polls;
pub mod push;
pub mod quotes;
pub mod relationships;
pub mod scheduled;
pub mod search;
pub mod security;
pub mod statuses;
pub mod streaming;
pub mod suggestions;
pub mod tags;
pub mod timelines;

pub mod groups;
pub mod invitations;
pub mod moderation;
pub mod portability;
pub mod web;

pub mod activities;
pub mod routes;
pub mod server;
pub mod worker;

pub mod housekeeping;
pub mod start;

pub mod command;
