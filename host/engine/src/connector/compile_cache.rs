//! Cache of compiled connectors: each is compiled once, in a process of its own, and kept on disk.
//!
//! Cached machine code runs without another look, so a person who could change it could run
//! anything. Each file begins with a seal under the vault's key, over its name and a hash of its
//! content. A file that does not open, or that is not a plain file, is ignored and compiled again.
//! The name holds the digest of the component and the fingerprint of the engine, so code of another
//! version of either is never found.

use super::service::Connectors;
use crate::Error;
use purser_model::Digest;
use purser_sandbox::{Connector, MachineCode, Sandbox};
use purser_vault::{Sealed, Secret, Vault};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes of a seal over nothing: version, nonce and tag.
const SEAL: usize = 1 + 24 + 16;

/// File in the cache, with the vault that authenticates it.
struct CacheEntry {
    vault: Arc<Vault>,
    path: PathBuf,
}

impl Connectors {
    /// Compiles a component, or loads its machine code from the cache. Runs on a blocking thread.
    pub(super) async fn compile(&self, bytes: Vec<u8>) -> Result<Connector, Error> {
        let sandbox = self
            .sandbox
            .get_or_try_init(|| Sandbox::new().map(Arc::new))?;
        let sandbox = Arc::clone(sandbox);
        let compiler = self.compiler.clone();

        // why: without a key nothing can be authenticated, and nothing that needs one is asked for
        let entry = self.keys.vault().ok().map(|vault| {
            let name = file_name(Digest::of(&bytes), &sandbox.fingerprint());
            CacheEntry {
                vault: Arc::clone(vault),
                path: self.home.code(&name),
            }
        });

        let compiled = tokio::task::spawn_blocking(move || {
            let cached = entry.as_ref().and_then(CacheEntry::read);
            if let Some(Ok(connector)) = cached.map(|code| sandbox.load(&bytes, &code)) {
                return Ok(connector);
            }

            let code = compiler.compile(&bytes)?;
            if let Some(entry) = &entry {
                entry.write_or_log(&code);
            }
            sandbox.load(&bytes, &code)
        });
        Ok(compiled.await??)
    }

    /// Deletes the machine code of a connector.
    pub(super) fn delete_code(&self, digest: &Digest) {
        self.loaded.unload(digest);

        let prefix = file_name(*digest, "");
        let entries = fs::read_dir(self.home.code("")).into_iter().flatten();
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(&prefix)
                && let Err(error) = fs::remove_file(entry.path())
            {
                tracing::debug!(%error, "machine code of a deleted connector was not removed");
            }
        }
    }
}

/// Names a file of the cache after the component and the engine.
fn file_name(digest: Digest, fingerprint: &str) -> String {
    format!("{digest}-{fingerprint}").replace(':', "-")
}

impl CacheEntry {
    /// Returns the context that the seal of this code is bound to.
    fn context(&self, code: &[u8]) -> String {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        format!("machine-code/{name}/{}", Digest::of(code))
    }

    /// Reads the cached machine code; `None` if its seal does not match.
    fn read(&self) -> Option<MachineCode> {
        // why: a link may lead to a file that another person controls
        if !fs::symlink_metadata(&self.path).ok()?.is_file() {
            return None;
        }

        let content = fs::read(&self.path).ok()?;
        let (seal, code) = content.split_at_checked(SEAL)?;
        let seal = Sealed::from_bytes(seal.to_vec());
        self.vault.unseal(&self.context(code), &seal).ok()?;

        Some(MachineCode::from_trusted_bytes(code.to_vec()))
    }

    /// Writes machine code. A failure costs time later, and is only logged.
    fn write_or_log(&self, code: &MachineCode) {
        if let Err(error) = self.write(code) {
            tracing::debug!(%error, "the machine code was not cached");
        }
    }

    fn write(&self, code: &MachineCode) -> Result<(), Error> {
        let context = self.context(code.as_bytes());
        let seal = self.vault.seal(&context, &Secret::new(String::new()))?;
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let failed = |error: std::io::Error| Error::home(folder, &error.to_string());
        fs::create_dir_all(folder).map_err(failed)?;

        // why: written under a name of this process and renamed, a file is never read half-written,
        // and a link in its place is replaced instead of followed
        let partial = self
            .path
            .with_extension(format!("partial-{}", std::process::id()));
        let written = fs::File::create_new(&partial).and_then(|mut file| {
            file.write_all(seal.as_bytes())?;
            file.write_all(code.as_bytes())
        });
        let renamed = written.and_then(|()| fs::rename(&partial, &self.path));

        if renamed.is_err() {
            drop(fs::remove_file(&partial));
        }
        renamed.map_err(failed)
    }
}
