//! The machine code that is kept: used again, and never believed where somebody else could have written it.

use purser_tests::Stage;
use std::fs;
use std::path::PathBuf;

/// The one file of machine code in a home.
fn kept(stage: &Stage) -> PathBuf {
    let mut files = fs::read_dir(stage.purser.home().join("code"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let file = files.next().unwrap();
    assert_eq!(files.next(), None);
    file
}

#[test]
fn it_is_kept_under_the_whole_digest() {
    let stage = Stage::ready(10);
    let connectors = stage.purser.json("connector list");
    let digest = connectors[0]["digest"].as_str().unwrap().replace(':', "-");
    let name = kept(&stage)
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(digest.len(), "sha256-".len() + 64);
    assert!(
        name.starts_with(&format!("{digest}-")),
        "{name} is not of {digest}"
    );
}

#[test]
fn what_was_compiled_is_used_again() {
    let stage = Stage::ready(10);
    let file = kept(&stage);
    let written = fs::metadata(&file).unwrap().modified().unwrap();
    stage.purser.ok("connection test acme-main");
    assert_eq!(
        fs::metadata(kept(&stage)).unwrap().modified().unwrap(),
        written
    );
}

#[test]
fn what_somebody_else_wrote_is_compiled_anew() {
    let stage = Stage::ready(10);
    let file = kept(&stage);
    let good = fs::read(&file).unwrap();
    let foreign = fs::read(kept(&Stage::ready(10))).unwrap();
    assert_eq!(
        file.file_name(),
        kept(&Stage::ready(10)).file_name(),
        "the same connector and engine"
    );
    let changed = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    };
    let cases = [
        changed(0),
        changed(60),
        changed(good.len() - 1),
        good[..good.len() / 2].to_vec(),
        Vec::new(),
        foreign,
    ];
    for (case, bytes) in cases.iter().enumerate() {
        fs::write(&file, bytes).unwrap();
        stage.purser.ok("connection test acme-main");
        assert_ne!(&fs::read(&file).unwrap(), bytes, "case {case} was believed");
        assert_eq!(fs::read(&file).unwrap().len(), good.len());
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_replaced_and_not_followed() {
    let stage = Stage::ready(10);
    let file = kept(&stage);
    let elsewhere = stage.purser.home().with_file_name("elsewhere");
    fs::rename(&file, &elsewhere).unwrap();
    let good = fs::read(&elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &file).unwrap();
    stage.purser.ok("connection test acme-main");
    assert!(fs::symlink_metadata(&file).unwrap().is_file());
    assert_eq!(
        fs::read(&elsewhere).unwrap(),
        good,
        "what it led to was not touched"
    );
}

#[test]
fn the_child_says_what_is_wrong_with_a_component_and_writes_nothing() {
    let stage = Stage::ready(10);
    // Not a component: the child says so, with the code that says whose fault it is, and writes nothing.
    let mut command = stage.purser.command("__compile");
    let output = command.output().unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(4), 0));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("does not compile")
    );
}
