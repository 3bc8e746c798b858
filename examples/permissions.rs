//! What clients may do by themselves: roles in their token, and permissions granted while they are connected.

use webpubsub::{
    ClientAccessToken, Message, Permission, Role, WebPubSubClient, WebPubSubServiceClient,
    client::AckErrorName,
};
use webpubsub_examples::{BoxError, Service};

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
    let (ann, _events) = WebPubSubClient::new(client.client_access_url(token).await?)?;
    ann.start().await?;
    ann.send_to_group("lobby", Message::text("hello")).await?;
    let on_stage = || ann.send_to_group("stage", Message::text("la la la"));
    let refused = on_stage().await.unwrap_err();
    let why = refused.ack_error().ok_or("the service answered")?;
    assert_eq!(why.name, AckErrorName::Forbidden);
    println!("without a permission: {}", why.message);

    // Ann is called on stage: the live connection may publish there, for as long as it lasts.
    let connection = client.connection(ann.connection_id().ok_or("ann is connected")?);
    let publish = Permission::SendToGroup;
    connection
        .grant_permission(publish.clone())
        .target_name("stage")
        .await?;
    assert!(
        connection
            .has_permission(publish.clone())
            .target_name("stage")
            .await?
    );
    on_stage().await?;
    println!("with it, ann publishes");

    connection
        .revoke_permission(publish)
        .target_name("stage")
        .await?;
    assert!(on_stage().await.is_err());
    println!("and when it is revoked, no more");
    ann.stop().await;
    Ok(())
}
