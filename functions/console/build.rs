//! Puts the built page into the binary: `$OUT_DIR/built.rs` names each file of `console/dist`.
//!
//! Without a build, a development binary says so where the page would be, so that lints and tests need no Node; a
//! release binary is refused.

use std::{env, error::Error, fs, path::Path};

const HOW_TO_BUILD: &str = "npm --prefix console ci && npm --prefix console run build";
const NO_PAGE: &str = "<!doctype html><title>Not built</title>\
                       <p>The Back Office page was not built into this binary.</p>";

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../..");
    let dist = root.join("console/dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    println!("cargo::rerun-if-changed=build.rs");

    let is_built = dist.join("index.html").is_file();
    if !is_built {
        let missing = format!("console/dist is missing: run `{HOW_TO_BUILD}` first.");
        if env::var("PROFILE")? == "release" {
            return Err(missing.into());
        }
        println!("cargo::warning={missing}");
    }
    let source = if is_built {
        let dist = dist.canonicalize()?;
        let index = include(&dist.join("index.html"));
        page(&index)
            + &texts("ASSETS", &named(&dist.join("assets"), "")?)
            + &texts("REFERENCE", &named(&dist.join("docs"), ".html")?)
    } else {
        let no_page = format!("{NO_PAGE:?}");
        page(&no_page)
            + &texts("ASSETS", &[])
            + &texts("REFERENCE", &[("index".to_owned(), no_page)])
    };
    fs::write(Path::new(&env::var("OUT_DIR")?).join("built.rs"), source)?;
    Ok(())
}

fn page(expression: &str) -> String {
    format!("const PAGE: &str = {expression};\n")
}

/// The names of a folder's files, without an ending that all have, and what includes them.
fn named(folder: &Path, ending: &str) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let mut paths: Vec<_> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    let named = paths.iter().map(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = name.strip_suffix(ending).unwrap_or(&name).to_owned();
        (name, include(path))
    });
    Ok(named.collect())
}

/// A constant of texts by their names.
fn texts(constant: &str, texts: &[(String, String)]) -> String {
    let entries: String = texts
        .iter()
        .map(|(name, expression)| format!("    ({name:?}, {expression}),\n"))
        .collect();
    format!("const {constant}: &[(&str, &str)] = &[\n{entries}];\n")
}

fn include(path: &Path) -> String {
    format!("include_str!({:?})", path.display().to_string())
}
