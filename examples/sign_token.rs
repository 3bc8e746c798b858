//! Only the token-signing crate: a client access URL without HTTP, TLS or an async runtime.

use std::time::Duration;

use webpubsub_auth::{AccessKey, ClientAccessToken};
use webpubsub_examples::BoxError;
use webpubsub_protocol::{Endpoint, HubName, Role};

fn main() -> Result<(), BoxError> {
    let endpoint: Endpoint = "https://contoso.webpubsub.azure.com".parse()?;
    let hub = HubName::new("chat")?;
    let key = AccessKey::new("an-access-key-of-the-service")?;

    let url = ClientAccessToken::new()
        .user_id("ann")
        .role(Role::join_leave_group("room")?)
        .role(Role::send_to_group("room")?)
        .group("room")
        .lifetime(Duration::from_secs(5 * 60))
        .sign(&endpoint, &hub, &key)?;

    // Printing it takes an explicit step: whoever has the URL is ann.
    println!("{url:?}");
    println!("{}", url.expose_url());
    Ok(())
}
