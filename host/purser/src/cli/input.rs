//! Reading of files that the user names, with `-` for standard input.

use super::Failure;
use crate::render::number;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Path that stands for standard input.
const STDIN: &str = "-";

/// Opens a file, or standard input.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Read>, Failure> {
    if path.as_os_str() == STDIN {
        return Ok(Box::new(io::stdin()));
    }

    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    Ok(Box::new(file))
}

/// Reads a whole file, or standard input, of at most `limit` bytes.
///
/// A larger file is an error: it is certainly not the one that the user meant.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    open(path)?
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(path, &error))?;

    if u64::try_from(bytes.len()).is_ok_and(|length| length <= limit) {
        return Ok(bytes);
    }
    Err(Failure::input(
        format!("{} is larger than {}", path.display(), number::size(limit)),
        "check that it is the right file",
    ))
}

/// Reads a whole file, or standard input, as UTF-8 text of at most `limit` bytes.
pub(crate) fn read_text(path: &Path, limit: u64) -> Result<String, Failure> {
    String::from_utf8(read(path, limit)?).map_err(|_| {
        Failure::input(
            format!("{} is not UTF-8 text", path.display()),
            "save it as UTF-8",
        )
    })
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::input(
        format!("{} cannot be read: {error}", path.display()),
        "check the path and its permissions",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_over_the_limit_or_not_utf8_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");

        std::fs::write(&path, b"12345").unwrap();
        assert_eq!(read(&path, 5).unwrap(), b"12345");
        assert_eq!(read(&path, 4).unwrap_err().exit_code(), 3);

        std::fs::write(&path, b"\xff").unwrap();
        assert_eq!(read_text(&path, 4).unwrap_err().exit_code(), 3);
    }

    #[test]
    fn error_of_missing_file_names_its_path() {
        let error = read(Path::new("no/such/file"), 1).unwrap_err();

        assert!(
            error.to_string().starts_with("no/such/file cannot be read"),
            "{error}"
        );
    }
}
