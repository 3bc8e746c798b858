use std::{
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process,
};

/// The file from which clients take the certificate to trust.
pub(crate) enum CertificateFile {
    /// Where the user wants it; it stays.
    Asked(PathBuf),
    /// Among the system's temporary files, until this is dropped.
    Temporary(PathBuf),
}

impl CertificateFile {
    pub(crate) fn write(asked: Option<PathBuf>, pem: &str) -> io::Result<Self> {
        if let Some(path) = asked {
            fs::write(&path, pem)?;
            return Ok(Self::Asked(path));
        }
        let path = env::temp_dir().join(format!("webpubsub-emulator-{}.pem", process::id()));
        // One of an earlier process goes, and a link that someone else put there is not followed.
        let _ = fs::remove_file(&path);
        fs::File::create_new(&path)?.write_all(pem.as_bytes())?;
        Ok(Self::Temporary(path))
    }

    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Asked(path) | Self::Temporary(path) => path,
        }
    }
}

impl Drop for CertificateFile {
    fn drop(&mut self) {
        if let Self::Temporary(path) = self {
            let _ = fs::remove_file(path);
        }
    }
}
