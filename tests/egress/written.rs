//! The attacks of `attacks/`, one after the other in each folder. `PURSER_HOSTILE=NAME` makes those alone whose name contains it, and
//! `PURSER_HOSTILE_SHOW=1` says what each came to.

use crate::attack::suffer;
use crate::front::{Front, Way};
use crate::notation::Attack;
use crate::spelling::found_in;
use std::fs;
use std::path::Path;

/// The attacks of a folder. Those that are alike in how requests are signed share a Purser, as a company has one.
fn suffer_all(folder: &str) {
    let only = std::env::var("PURSER_HOSTILE").unwrap_or_default();
    let folder = purser_tests::repository()
        .join("tests/egress/attacks")
        .join(folder);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let (mut fronts, mut wrong): (Vec<(Way, Front)>, Vec<String>) = Default::default();
    for file in files {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        if !name.contains(&only) {
            continue;
        }
        println!("{name}");
        let text = String::from_utf8(fs::read(&file).unwrap()).unwrap();
        let attack = Attack::parse(&text).unwrap_or_else(|why| panic!("{name}: {why}"));
        let known = fronts
            .iter()
            .position(|(way, _)| *way == attack.way)
            .unwrap_or_else(|| {
                fronts.push((attack.way.clone(), Front::open(&attack.way)));
                fronts.len() - 1
            });
        wrong.extend(
            suffer(&mut fronts[known].1, &attack)
                .err()
                .map(|why| format!("{name}: {why}")),
        );
    }
    if only.is_empty() && folder.ends_with("echoes") {
        // What was recorded is what the connector was told, with the credential taken out.
        let told = fronts
            .iter()
            .any(|(_, front)| is_in(&front.purser.home().join("cassettes"), "[credential]"));
        assert!(told, "no cassette holds an echo");
    }
    for (way, front) in &fronts {
        wrong.extend(kept_in(&front.purser.home()).map(|what| format!("{way:?}: {what}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a file of a folder holds a text.
fn is_in(folder: &Path, text: &str) -> bool {
    let mut paths = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    paths.any(|path| String::from_utf8_lossy(&fs::read(path).unwrap()).contains(text))
}

/// Where the credential is in what Purser wrote.
fn kept_in(folder: &Path) -> Option<String> {
    let mut paths = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    paths.find_map(|path| match path.is_dir() {
        true => kept_in(&path),
        false => Some(format!(
            "{} holds the credential: {}",
            path.display(),
            found_in(&fs::read(&path).unwrap())?
        )),
    })
}

#[test]
fn redirects() {
    suffer_all("redirects");
}

#[test]
fn answers() {
    suffer_all("answers");
}

#[test]
fn echoes() {
    suffer_all("echoes");
}

#[test]
fn requests() {
    suffer_all("requests");
}

#[test]
fn environment() {
    suffer_all("environment");
}
