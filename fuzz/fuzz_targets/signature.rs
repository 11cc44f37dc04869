//! See `pollen_fuzz::signature`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| pollen_fuzz::signature(data));
