//! Pollen: a federated server for personal learning networks at work.

pub mod app;
pub mod base;
pub mod config;
pub mod db;
pub mod edge;
pub mod jobs;
pub mod net;

pub mod federation;

pub mod accounts;
pub mod instances;
pub mod notifications;
pub mod oauth;
pub mod relationships;
pub mod search;
pub mod statuses;
pub mod timelines;

pub mod groups;
pub mod web;

pub mod activities;
pub mod routes;
pub mod server;
pub mod worker;

pub mod housekeeping;
pub mod start;

pub mod command;
