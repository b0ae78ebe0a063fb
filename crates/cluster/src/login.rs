//! Reads the credentials for a cluster from the environment or a file, never from the command line,
//! which other users can see.

use std::fmt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::{ClusterError, ClusterReason};

/// The credentials for a cluster, and the authorities to trust.
#[derive(Clone, Default)]
pub struct Login {
    /// The `Authorization` header.
    pub(crate) header: Option<String>,
    /// A file with the certificates (PEM) of the cluster's authority. `None`: those of the system.
    pub(crate) authorities: Option<PathBuf>,
    /// The file with the credentials, if other users can read it.
    open_file: Option<PathBuf>,
}

/// Credentials are secret, so they aren't printed.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = self.header.as_ref().map(|_| "…");
        f.debug_struct("Login")
            .field("header", &header)
            .field("authorities", &self.authorities)
            .finish()
    }
}

/// The file named by `TIAOWEN_CLUSTER_LOGIN`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    user: Option<String>,
    password: Option<String>,
    api_key: Option<String>,
}

const USER: &str = "TIAOWEN_CLUSTER_USER";
const PASSWORD: &str = "TIAOWEN_CLUSTER_PASSWORD";
const API_KEY: &str = "TIAOWEN_CLUSTER_API_KEY";
const LOGIN: &str = "TIAOWEN_CLUSTER_LOGIN";
const AUTHORITIES: &str = "TIAOWEN_CLUSTER_CA";

impl Login {
    /// Reads the environment.
    ///
    /// # Errors
    /// When a file that it names can't be read, or it gives several kinds of credentials.
    pub fn from_environment() -> Result<Self, ClusterError> {
        Self::from(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    /// The file with the credentials, if other users can read it, to warn the user.
    pub fn open_file(&self) -> Option<&Path> {
        self.open_file.as_deref()
    }

    fn from(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ClusterError> {
        let wrong = |place: &str, reason| ClusterError::Login { place: place.to_owned(), reason };
        let mut said =
            File { user: variable(USER), password: variable(PASSWORD), api_key: variable(API_KEY) };
        let mut place = USER.to_owned();
        let mut open_file = None;
        if let Some(file) = variable(LOGIN) {
            if said.user.is_some() || said.password.is_some() || said.api_key.is_some() {
                let (user, password, key) = (USER, PASSWORD, API_KEY);
                let reason = ClusterReason::SetBesideFile { user, password, key };
                return Err(wrong(LOGIN, reason));
            }
            let text = std::fs::read_to_string(&file).map_err(|error| {
                let (file, says) = (file.clone(), error.to_string());
                wrong(LOGIN, ClusterReason::LoginFile { file, says })
            })?;
            // The message of the TOML parser would quote the line with the secret.
            said = toml::from_str(&text)
                .map_err(|_| wrong(LOGIN, ClusterReason::NoLogin { file: file.clone() }))?;
            open_file = Some(PathBuf::from(&file)).filter(|file| is_open(file));
            place = file;
        }
        let header = match said {
            File { user: None, password: None, api_key: None } => None,
            File { user: None, password: None, api_key: Some(key) } => {
                // In the form that the cluster prints: encoded, or the id and the key joined by a
                // colon.
                let key = if key.contains(':') { STANDARD.encode(key) } else { key };
                Some(format!("ApiKey {key}"))
            }
            File { user: Some(user), password: Some(password), api_key: None } => {
                Some(format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
            }
            File { api_key: Some(_), .. } => {
                return Err(wrong(&place, ClusterReason::TwoLogins));
            }
            _ => return Err(wrong(&place, ClusterReason::HalfLogin)),
        };
        let is_plain = |header: &String| header.chars().all(|c| c.is_ascii_graphic() || c == ' ');
        if header.as_ref().is_some_and(|header| !is_plain(header)) {
            return Err(wrong(&place, ClusterReason::KeyCharacters));
        }
        Ok(Login { header, authorities: variable(AUTHORITIES).map(PathBuf::from), open_file })
    }
}

/// Whether all users may read a file.
#[cfg(unix)]
fn is_open(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|found| found.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn is_open(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(set: &[(&str, &str)]) -> Result<Option<String>, String> {
        let value = |name: &str| {
            set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        Login::from(value).map(|login| login.header).map_err(|error| error.to_string())
    }

    #[test]
    fn one_way_to_sign_in() {
        assert_eq!(login(&[]).unwrap(), None);
        let basic = login(&[(USER, "me"), (PASSWORD, "secret")]).unwrap();
        assert_eq!(basic.unwrap(), "Basic bWU6c2VjcmV0");
        assert_eq!(login(&[(API_KEY, "id:secret")]).unwrap().unwrap(), "ApiKey aWQ6c2VjcmV0");
        assert_eq!(login(&[(API_KEY, "aWQ6c2VjcmV0")]).unwrap().unwrap(), "ApiKey aWQ6c2VjcmV0");
        for set in [
            &[(USER, "me")][..],
            &[(PASSWORD, "secret")],
            &[(USER, "me"), (PASSWORD, "secret"), (API_KEY, "secret")],
            &[(API_KEY, "sec\nret")],
            &[(LOGIN, "/nowhere/at/all")],
            &[(LOGIN, "/nowhere"), (PASSWORD, "secret")],
        ] {
            let error = login(set).unwrap_err();
            assert!(!error.contains("sec"), "{error}");
        }
    }

    #[test]
    fn a_file_says_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("login.toml");
        let path = file.display().to_string();
        std::fs::write(&file, "user = \"me\"\npassword = \"secret\"\n").unwrap();
        assert_eq!(login(&[(LOGIN, &path)]).unwrap().unwrap(), "Basic bWU6c2VjcmV0");
        std::fs::write(&file, "password = secret\n").unwrap();
        let error = login(&[(LOGIN, &path)]).unwrap_err();
        assert!(error.contains("login.toml") && !error.contains("secret"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_all_may_read_is_named() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("login.toml");
        std::fs::write(&file, "api_key = \"a:b\"\n").unwrap();
        for (mode, is_open) in [(0o644, true), (0o640, false), (0o600, false)] {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            let value = |name: &str| (name == LOGIN).then(|| file.display().to_string());
            let login = Login::from(value).unwrap();
            assert_eq!(login.open_file().is_some(), is_open, "{mode:o}");
        }
    }

    #[test]
    fn a_login_shows_nothing() {
        let login = Login { header: Some("Basic c2VjcmV0".to_owned()), ..Login::default() };
        assert!(!format!("{login:?}").contains("c2VjcmV0"));
    }
}
