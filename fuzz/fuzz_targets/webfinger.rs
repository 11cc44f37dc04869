//! See `pollen_fuzz::webfinger`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| pollen_fuzz::webfinger(data));
