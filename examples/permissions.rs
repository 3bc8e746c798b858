//! What clients may do by themselves: roles in their token, and permissions granted while they are connected.

use webpubsub::{ClientAccessToken, Permission, Role, WebPubSubServiceClient};
use webpubsub_examples::{BoxError, Client, Service};
use webpubsub_protocol::frame::AckErrorName;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let service = Service::start().await?;
    let client = WebPubSubServiceClient::from_connection_string(
        &service.connection_string(),
        "permissions",
    )?;

    // The role allows one group; a pattern such as `Role::from("webpubsub.sendToGroups.team.*")` allows many.
    let token = ClientAccessToken::new()
        .user_id("ann")
        .role(Role::send_to_group("lobby")?);
    let mut ann = Client::json(&client.client_access_url(token).await?).await?;
    assert!(ann.publish("lobby", "hello").await?.is_ok());
    let refused = ann.publish("stage", "hello").await?.unwrap_err();
    assert_eq!(refused.name, AckErrorName::Forbidden);
    println!("without a permission: {}", refused.message);

    // Ann is called on stage: the live connection may publish there, for as long as it lasts.
    let connection = client.connection(ann.connection_id().ok_or("ann speaks JSON")?);
    let on_stage = Permission::SendToGroup;
    connection
        .grant_permission(on_stage.clone())
        .target_name("stage")
        .await?;
    assert!(
        connection
            .has_permission(on_stage.clone())
            .target_name("stage")
            .await?
    );
    assert!(ann.publish("stage", "la la la").await?.is_ok());
    println!("with it, ann publishes");

    connection
        .revoke_permission(on_stage)
        .target_name("stage")
        .await?;
    assert!(ann.publish("stage", "encore").await?.is_err());
    println!("and when it is revoked, no more");
    Ok(())
}
