use std::{
    fmt::{self, Write as _},
    iter,
    sync::{Arc, OnceLock},
};

use async_trait::async_trait;
use azure_core::{
    Error, Result,
    credentials::{AccessToken, TokenCredential, TokenRequestOptions},
    error::ErrorKind,
};

use super::Identity;

/// See [`Identity::default_credential`].
pub(super) struct DefaultCredential {
    identity: Identity,
    /// The credential that worked.
    chosen: OnceLock<Arc<dyn TokenCredential>>,
}

/// One credential that is tried: its name, and how it is made. A step that is not configured says what it lacks.
type Step = (
    &'static str,
    fn(&Identity) -> std::result::Result<Arc<dyn TokenCredential>, String>,
);

const STEPS: [Step; 5] = [
    ("environment", environment),
    ("workload identity", |identity| {
        let missing = missing(identity, &["AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE"]);
        missing.map_or_else(|| made(identity.workload_identity()), Err)
    }),
    ("managed identity", |identity| {
        made(identity.managed_identity())
    }),
    ("Azure CLI", |identity| made(identity.azure_cli())),
    ("Azure Developer CLI", |identity| {
        made(identity.azure_developer_cli())
    }),
];

impl DefaultCredential {
    pub(super) fn new(identity: Identity) -> Self {
        Self {
            identity,
            chosen: OnceLock::new(),
        }
    }
}

#[async_trait]
impl TokenCredential for DefaultCredential {
    async fn get_token(
        &self,
        scopes: &[&str],
        options: Option<TokenRequestOptions<'_>>,
    ) -> Result<AccessToken> {
        if let Some(chosen) = self.chosen.get() {
            return chosen.get_token(scopes, options).await;
        }
        let mut said = String::from("no credential gave a token");
        for (name, make) in STEPS {
            let outcome = match make(&self.identity) {
                Ok(credential) => match credential.get_token(scopes, options.clone()).await {
                    Ok(token) => {
                        let _ = self.chosen.set(credential);
                        return Ok(token);
                    }
                    Err(error) => reason(&error),
                },
                Err(lack) => lack,
            };
            let _ = write!(said, "; {name}: {outcome}");
        }
        Err(Error::with_message(ErrorKind::Credential, said))
    }
}

fn environment(identity: &Identity) -> std::result::Result<Arc<dyn TokenCredential>, String> {
    let names = ["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"];
    if let Some(lack) = missing(identity, &names) {
        return Err(lack);
    }
    let [tenant, client, secret] = names.map(|name| identity.variable(name).unwrap_or_default());
    made(identity.client_secret(&tenant, client, secret))
}

/// What is not set, if anything.
fn missing(identity: &Identity, names: &[&str]) -> Option<String> {
    let missing = names
        .iter()
        .filter(|name| identity.variable(name).is_none());
    let missing: Vec<_> = missing.copied().collect();
    (!missing.is_empty()).then(|| format!("{} not set", missing.join(", ")))
}

fn made(
    credential: std::result::Result<Arc<dyn TokenCredential>, crate::Error>,
) -> std::result::Result<Arc<dyn TokenCredential>, String> {
    credential.map_err(|error| reason(&error))
}

/// An error and its causes in one line; azure_identity's texts have more, with a link to its help.
fn reason(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = iter::successors(Some(error), |&error| error.source());
    let mut lines: Vec<String> = Vec::new();
    for cause in causes {
        let text = cause.to_string();
        let line = text.lines().next().unwrap_or_default().trim().to_owned();
        if !lines.iter().any(|known| known.contains(&line)) {
            lines.push(line);
        }
    }
    lines.join(": ")
}

impl fmt::Debug for DefaultCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DefaultCredential")
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}
