//! The source files of the checkout, read for the checks and the measurements.

pub(crate) mod docs;
pub(crate) mod items;
pub(crate) mod lexer;
pub(crate) mod modules;
pub(crate) mod paths;
pub(crate) mod product;

use anyhow::{Context as _, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold source.
const FOLDERS: [&str; 4] = ["host", "connectors", "tests", "wit"];

/// A source file.
pub(crate) struct File {
    /// Path below the checkout, with `/` on every system.
    pub(crate) path: String,
    /// Name of the folder that holds the manifest, such as `host/engine`. Empty for WIT.
    pub(crate) package: String,
    pub(crate) text: String,
}

impl File {
    /// Path below the `src` folder of its package; `None` for tests, examples and build scripts.
    pub(crate) fn in_src(&self) -> Option<&str> {
        self.path
            .strip_prefix(&self.package)?
            .strip_prefix("/src/")
            .filter(|path| path.ends_with(".rs"))
    }

    /// True if the file is part of a product crate, and not of a test.
    pub(crate) fn is_product(&self) -> bool {
        let is_source = self.path.ends_with(".wit") || self.in_src().is_some();
        is_source && !self.path.starts_with("tests/")
    }
}

/// Reads every Rust and WIT file of the checkout, in the order of their paths.
pub(crate) fn files(root: &Path) -> Result<Vec<File>> {
    let mut found = Vec::new();
    for folder in FOLDERS {
        collect(root, &root.join(folder), "", &mut found)?;
    }
    found.sort_by(|a: &File, b: &File| a.path.cmp(&b.path));
    Ok(found)
}

fn collect(root: &Path, folder: &Path, package: &str, found: &mut Vec<File>) -> Result<()> {
    let package = if folder.join("Cargo.toml").is_file() {
        relative(root, folder)
    } else {
        package.to_owned()
    };

    let entries =
        fs::read_dir(folder).with_context(|| format!("{} is unreadable", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        let kind = entry.file_type()?;
        let skipped = matches!(entry.file_name().to_str(), Some("target" | "node_modules"));
        if kind.is_dir() && !skipped {
            collect(root, &path, &package, found)?;
        } else if kind.is_file() && is_source(&path) {
            found.push(File {
                path: relative(root, &path),
                package: package.clone(),
                text: fs::read_to_string(&path)
                    .with_context(|| format!("{} is unreadable", path.display()))?,
            });
        }
    }
    Ok(())
}

fn is_source(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "rs" || extension == "wit")
}

fn relative(root: &Path, path: &Path) -> String {
    let path: PathBuf = path.strip_prefix(root).unwrap_or(path).into();
    path.to_string_lossy().replace('\\', "/")
}
