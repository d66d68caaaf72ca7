//! Each target with what is known: examples of what it takes, and what was found by fuzzing.

use std::{fs, path::Path};

use fuzz_targets::TARGETS;

#[test]
fn what_is_known_breaks_nothing() {
    for (name, target) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("seeds")
            .join(name);
        let files: Vec<_> = fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .map(|entry| entry.unwrap().path())
            .collect();
        assert!(!files.is_empty(), "{name} has no seeds");
        for file in files {
            let data = fs::read(&file).unwrap();
            println!("{}", file.display());
            target(&data);
            // Cut off anywhere, it is something else.
            for length in 0..data.len().min(512) {
                target(&data[..length]);
            }
        }
    }
}

#[test]
fn a_target_is_found_by_its_name() {
    assert!(fuzz_targets::target("rows").is_some());
    assert!(fuzz_targets::target("nothing").is_none());
}
