//! Files that the user names, with `-` for standard input.

use super::Failure;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The path that stands for standard input.
const STDIN: &str = "-";

/// Opens a file, or standard input.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Read>, Failure> {
    if path.as_os_str() == STDIN {
        return Ok(Box::new(io::stdin()));
    }
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    Ok(Box::new(file))
}

/// Reads all of a file, or of standard input, up to a number of bytes: what is larger is certainly not what was meant.
pub(crate) fn read(path: &Path, at_most: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    open(path)?
        .take(at_most + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(path, &error))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= at_most) {
        return Ok(bytes);
    }
    let what = format!(
        "{} is larger than {}",
        path.display(),
        crate::render::number::size(at_most)
    );
    Err(Failure::input(what, "check that it is the file you mean"))
}

/// The same for text.
pub(crate) fn read_text(path: &Path, at_most: u64) -> Result<String, Failure> {
    String::from_utf8(read(path, at_most)?).map_err(|_| {
        Failure::input(
            format!("{} is not UTF-8 text", path.display()),
            "save it as UTF-8",
        )
    })
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::input(
        format!("{} cannot be read: {error}", path.display()),
        "check the path and that you may read it",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        std::fs::write(&path, b"12345").unwrap();
        assert_eq!(read(&path, 5).unwrap(), b"12345");
        assert_eq!(read(&path, 4).unwrap_err().exit_code(), 3);
        std::fs::write(&path, b"\xff").unwrap();
        assert_eq!(read_text(&path, 4).unwrap_err().exit_code(), 3);
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = read(Path::new("no/such/file"), 1).unwrap_err();
        assert!(
            error.to_string().starts_with("no/such/file cannot be read"),
            "{error}"
        );
    }
}
