//! See `pollen_fuzz::activity`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| pollen_fuzz::activity(data));
