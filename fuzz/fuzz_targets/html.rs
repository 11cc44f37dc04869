//! See `pollen_fuzz::html`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| pollen_fuzz::html(data));
