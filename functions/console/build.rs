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
        format!("{}{}", page(&index), assets(&dist.join("assets"))?)
    } else {
        page(&format!("{NO_PAGE:?}")) + "const ASSETS: &[(&str, &str)] = &[];\n"
    };
    fs::write(Path::new(&env::var("OUT_DIR")?).join("built.rs"), source)?;
    Ok(())
}

fn page(expression: &str) -> String {
    format!("const PAGE: &str = {expression};\n")
}

fn assets(folder: &Path) -> Result<String, Box<dyn Error>> {
    let mut paths: Vec<_> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    let entries: String = paths
        .iter()
        .map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            format!("    ({name:?}, {}),\n", include(path))
        })
        .collect();
    Ok(format!("const ASSETS: &[(&str, &str)] = &[\n{entries}];\n"))
}

fn include(path: &Path) -> String {
    format!("include_str!({:?})", path.display().to_string())
}
