//! See `pollen_fuzz::markdown`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| pollen_fuzz::markdown(data));
