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

/// One credential that is tried.
struct Step {
    name: &'static str,
    /// The variables that, all set, say that this credential is meant: should it fail, none behind it is tried, as its
    /// token would be somebody else's.
    configured_by: &'static [&'static str],
    /// Whether it is worth a try without them too.
    may_work_without: bool,
    make: fn(&Identity) -> std::result::Result<Arc<dyn TokenCredential>, crate::Error>,
}

const STEPS: [Step; 5] = [
    Step {
        name: "environment",
        configured_by: &CLIENT_SECRET,
        may_work_without: false,
        make: environment,
    },
    Step {
        name: "workload identity",
        configured_by: &["AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE"],
        may_work_without: false,
        make: Identity::workload_identity,
    },
    Step {
        name: "managed identity",
        configured_by: &["IDENTITY_ENDPOINT"],
        may_work_without: true,
        make: Identity::managed_identity,
    },
    Step {
        name: "Azure CLI",
        configured_by: &[],
        may_work_without: true,
        make: Identity::azure_cli,
    },
    Step {
        name: "Azure Developer CLI",
        configured_by: &[],
        may_work_without: true,
        make: Identity::azure_developer_cli,
    },
];

const CLIENT_SECRET: [&str; 3] = ["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"];

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
        for step in STEPS {
            let lack = missing(&self.identity, step.configured_by);
            let is_meant = lack.is_none() && !step.configured_by.is_empty();
            let outcome = match lack {
                Some(lack) if !step.may_work_without => lack,
                _ => match self.ask(&step, scopes, options.clone()).await {
                    Ok(token) => return Ok(token),
                    Err(why) if is_meant => {
                        let why = format!("{} is configured, but failed: {why}", step.name);
                        return Err(Error::with_message(ErrorKind::Credential, why));
                    }
                    Err(why) => why,
                },
            };
            let _ = write!(said, "; {}: {outcome}", step.name);
        }
        Err(Error::with_message(ErrorKind::Credential, said))
    }
}

impl DefaultCredential {
    /// The token of one step, which is then the credential's; otherwise why there is none.
    async fn ask(
        &self,
        step: &Step,
        scopes: &[&str],
        options: Option<TokenRequestOptions<'_>>,
    ) -> std::result::Result<AccessToken, String> {
        let credential = (step.make)(&self.identity).map_err(|error| reason(&error))?;
        let token = credential.get_token(scopes, options).await;
        let token = token.map_err(|error| reason(&error))?;
        let _ = self.chosen.set(credential);
        Ok(token)
    }
}

fn environment(identity: &Identity) -> std::result::Result<Arc<dyn TokenCredential>, crate::Error> {
    let [tenant, client, secret] =
        CLIENT_SECRET.map(|name| identity.variable(name).unwrap_or_default());
    identity.client_secret(&tenant, client, secret)
}

/// What is not set, if anything.
fn missing(identity: &Identity, names: &[&str]) -> Option<String> {
    let missing = names
        .iter()
        .filter(|name| identity.variable(name).is_none());
    let missing: Vec<_> = missing.copied().collect();
    (!missing.is_empty()).then(|| format!("{} not set", missing.join(", ")))
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
