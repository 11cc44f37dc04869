//! Pollen: a federated server for personal learning networks at work.

pub mod app;
pub mod base;
pub mod config;
pub mod db;
pub mod jobs;
