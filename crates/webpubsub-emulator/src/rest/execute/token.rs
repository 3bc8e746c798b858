use std::time::Duration;

use webpubsub_auth::ClientAccessToken;
use webpubsub_protocol::{ServiceError, Token, operation::GenerateClientToken};

use super::{Context, Execute, invalid};

impl Execute for GenerateClientToken {
    fn execute(self, context: &Context<'_>) -> Result<Token, ServiceError> {
        let mut token = ClientAccessToken::new()
            .roles(self.roles)
            .groups(self.groups)
            .protocol(self.protocol);
        if let Some(user) = self.user {
            token = token.user_id(user);
        }
        if let Some(minutes) = self.minutes_to_expire {
            token = token.lifetime(Duration::from_secs(60 * u64::from(minutes.get())));
        }
        let target = &context.target;
        let now = context.clock.system_now();
        let signed = token.sign_at(&target.endpoint, &target.hub, context.key, now);
        signed
            .map(|url| url.token().clone())
            .map_err(|error| invalid(error.to_string(), "Request"))
    }
}
