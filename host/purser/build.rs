//! Embeds the connectors that `cargo xtask connectors` built, so that `purser demo` needs only the
//! binary.
//!
//! A checkout without them builds too: the list is then empty.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

/// Connectors to embed, if they are built.
const CONNECTORS: [&str; 3] = ["sample", "scim", "jupyterhub"];

fn main() -> io::Result<()> {
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    let out = Path::new(&out);
    let built = Path::new("../../target/connectors");

    // Cargo would rebuild the binary every time if it watched a missing directory.
    fs::create_dir_all(built)?;
    println!("cargo::rerun-if-changed={}", built.display());

    fs::write(out.join("bundled.rs"), bundle(built, out)?)
}

/// Copies the connectors into `out`, and returns the source that includes them.
///
/// They are included from the folder of that source, so that no path is compiled in.
fn bundle(built: &Path, out: &Path) -> io::Result<String> {
    let mut entries = String::new();
    for name in CONNECTORS {
        let file = format!("{name}.wasm");
        if let Ok(bytes) = fs::read(built.join(&file)) {
            fs::write(out.join(&file), bytes)?;
            // Writing to a String cannot fail.
            let _ = writeln!(entries, "    ({name:?}, include_bytes!({file:?})),");
        }
    }

    let doc = "/// Built-in connectors by name: the bytes of their components.";
    Ok(format!(
        "{doc}\npub(crate) const BUNDLED: &[(&str, &[u8])] = &[\n{entries}];\n"
    ))
}
