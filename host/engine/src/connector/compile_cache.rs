//! The machine code of connectors: compiled once, in a process of its own, and kept.
//!
//! What is kept is run without being looked at again, so whoever could change it could run anything. Each file begins with a seal under the
//! vault's key over its name and a hash of its content; what does not open is compiled anew, as is what is no plain file. The name holds the
//! digest of the component and the engine's fingerprint, so machine code of another version of either is never found.

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

/// Where machine code is kept, and what vouches for it.
struct Cache {
    vault: Arc<Vault>,
    path: PathBuf,
}

impl Connectors {
    /// Makes a connector of bytes, beside whatever else is going on. Compiling takes a while; what was compiled before is taken from where it
    /// is kept.
    pub(crate) async fn compile(&self, bytes: Vec<u8>) -> Result<Connector, Error> {
        let sandbox = Arc::clone(
            self.sandbox
                .get_or_try_init(|| Sandbox::new().map(Arc::new))?,
        );
        let compiler = self.compiler.clone();
        // Without a key there is nothing to vouch for what is kept, and nothing that needs one is asked for.
        let cache = self.keys.vault().ok().map(|vault| Cache {
            vault: Arc::clone(vault),
            path: self
                .home
                .code(&name(Digest::of(&bytes), &sandbox.fingerprint())),
        });
        let made = tokio::task::spawn_blocking(move || {
            let kept = cache.as_ref().and_then(Cache::read);
            if let Some(Ok(connector)) = kept.map(|code| sandbox.load(&bytes, &code)) {
                return Ok(connector);
            }
            let code = compiler.compile(&bytes)?;
            if let Some(cache) = &cache {
                cache.keep(&code);
            }
            sandbox.load(&bytes, &code)
        });
        Ok(made.await??)
    }

    /// Removes the machine code of a connector, made by whichever engine. What cannot be removed takes room, and nothing else.
    pub(crate) fn forget_code(&self, digest: &Digest) {
        self.loaded.unload(digest);
        let beginning = name(*digest, "");
        for entry in fs::read_dir(self.home.code(""))
            .into_iter()
            .flatten()
            .flatten()
        {
            if entry.file_name().to_string_lossy().starts_with(&beginning)
                && let Err(error) = fs::remove_file(entry.path())
            {
                tracing::debug!(%error, "machine code of a deleted connector was not removed");
            }
        }
    }
}

/// What machine code is kept under. The whole digest: of a part of it, whoever makes two components could make them agree, and have the code
/// of one run with what was granted to the other.
fn name(digest: Digest, fingerprint: &str) -> String {
    format!("{digest}-{fingerprint}").replace(':', "-")
}

impl Cache {
    /// What the seal is bound to.
    fn context(&self, code: &[u8]) -> String {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        format!("machine-code/{name}/{}", Digest::of(code))
    }

    /// What was kept, if it is what was kept.
    fn read(&self) -> Option<MachineCode> {
        // A link leads to what somebody else chose.
        if !fs::symlink_metadata(&self.path).ok()?.is_file() {
            return None;
        }
        let content = fs::read(&self.path).ok()?;
        let (seal, code) = content.split_at_checked(SEAL)?;
        self.vault
            .unseal(&self.context(code), &Sealed::from_bytes(seal.to_vec()))
            .ok()?;
        Some(MachineCode::vouched_for(code.to_vec()))
    }

    /// Keeps machine code. That it could not be kept costs time the next time, and nothing else.
    fn keep(&self, code: &MachineCode) {
        if let Err(error) = self.write(code) {
            tracing::debug!(%error, "the machine code was not kept");
        }
    }

    fn write(&self, code: &MachineCode) -> Result<(), Error> {
        let seal = self
            .vault
            .seal(&self.context(code.as_bytes()), &Secret::new(String::new()))?;
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let failed = |error: std::io::Error| Error::home(folder, &error.to_string());
        fs::create_dir_all(folder).map_err(failed)?;
        // Named after the process and moved into place: nobody ever reads half of it, and a link is replaced and not followed.
        let partial = self
            .path
            .with_extension(format!("partial-{}", std::process::id()));
        let written = fs::File::create_new(&partial).and_then(|mut file| {
            file.write_all(seal.as_bytes())?;
            file.write_all(code.as_bytes())
        });
        let moved = written.and_then(|()| fs::rename(&partial, &self.path));
        if moved.is_err() {
            drop(fs::remove_file(&partial));
        }
        moved.map_err(failed)
    }
}
