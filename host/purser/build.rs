//! Embeds the connectors that `cargo xtask connectors` built, so that `purser demo` needs nothing but the binary.
//!
//! A checkout without them builds too: the list is then empty.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

/// Whichever of these exist are embedded.
const CONNECTORS: [&str; 3] = ["sample", "scim", "jupyterhub"];

fn main() -> io::Result<()> {
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    let built = Path::new("../../target/connectors");
    // Cargo watches what exists: watching a missing directory would run this, and rebuild the binary, every time.
    fs::create_dir_all(built)?;
    println!("cargo::rerun-if-changed={}", built.display());
    fs::write(
        Path::new(&out).join("bundled.rs"),
        bundle(built, Path::new(&out))?,
    )
}

/// Copies the connectors into `out` and gives the source that includes them from beside itself, so that no path is compiled in.
fn bundle(built: &Path, out: &Path) -> io::Result<String> {
    let mut entries = String::new();
    for name in CONNECTORS {
        let file = format!("{name}.wasm");
        if let Ok(bytes) = fs::read(built.join(&file)) {
            fs::write(out.join(&file), bytes)?;
            let _ = writeln!(entries, "    ({name:?}, include_bytes!({file:?})),"); // writing to a String cannot fail
        }
    }
    let doc = "/// The connectors that come with Purser, by name: the bytes of their components.";
    Ok(format!(
        "{doc}\npub(crate) const BUNDLED: &[(&str, &[u8])] = &[\n{entries}];\n"
    ))
}
