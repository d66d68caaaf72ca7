//! The fuzzer of one target, which `FUZZ_TARGET` names.

#![no_main]

use std::{env, sync::LazyLock};

use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<fuzz_targets::Target> = LazyLock::new(|| {
    let name = env::var("FUZZ_TARGET").expect("FUZZ_TARGET names a target");
    fuzz_targets::target(&name).expect("FUZZ_TARGET names a target that there is")
});

fuzz_target!(|data: &[u8]| TARGET(data));
