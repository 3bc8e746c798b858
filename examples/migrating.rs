//! The code of docs/migrating-from-python.md, run against the emulator: `cargo xtask readme` checks that each block of that
//! page stands here as it stands there.

use std::{env, sync::Arc, time::Duration};

use azure_core::credentials::TokenCredential;
use futures_util::TryStreamExt as _;
use serde_json::json;
use webpubsub::{
    AccessKey, ClientAccessToken, ClientAccessUrl, Message, Permission, Role, WebPubSubClient,
    WebPubSubServiceClient, blocking,
    client::Event,
    filter::{groups, user_id},
    identity,
    transport::TransportConfig,
};
use webpubsub_emulator::Emulator;
use webpubsub_examples::BoxError;

/// Set while this program runs itself once more, with the environment of the page.
const INNER: &str = "MIGRATING_INNER";

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    if env::var_os(INNER).is_some() {
        return from_the_environment().await;
    }
    let emulator = Emulator::builder().start().await?;
    let connection_string = &emulator.connection_string();
    let endpoint = &emulator.endpoint().to_string();
    construction(connection_string, endpoint).await?;
    let client = WebPubSubServiceClient::from_connection_string(connection_string, "my_hub")?;
    tokens(&client).await?;
    sends(&client).await?;
    manages(&client).await?;
    closes(&client).await?;
    let owned = connection_string.clone();
    tokio::task::spawn_blocking(move || without_async(&owned)).await??;
    logs(connection_string, &client).await?;

    let inner = tokio::process::Command::new(env::current_exe()?)
        .env(INNER, "yes")
        .env("AZURE_WEBPUBSUB_CONNECTION_STRING", connection_string)
        .env("AZURE_WEBPUBSUB_HUB", "my_hub")
        .kill_on_drop(true)
        .status();
    assert!(
        tokio::time::timeout(Duration::from_secs(30), inner)
            .await??
            .success()
    );
    println!("all of the page works");
    Ok(())
}

async fn from_the_environment() -> Result<(), BoxError> {
    let client = WebPubSubServiceClient::from_env()?;
    client.service_status().await?;
    Ok(())
}

async fn construction(connection_string: &str, endpoint: &str) -> Result<(), BoxError> {
    let client = WebPubSubServiceClient::from_connection_string(connection_string, "my_hub")?;
    client.service_status().await?;

    let access_key = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGH";
    let client = WebPubSubServiceClient::new(endpoint, AccessKey::new(access_key)?, "my_hub")?;
    client.service_status().await?;

    let credential: Arc<dyn TokenCredential> =
        identity(&TransportConfig::default())?.default_credential();
    let client = WebPubSubServiceClient::new(endpoint, credential, "my_hub")?;
    // Where it gets its tokens depends on the machine: nothing is sent with it here.
    drop(client);
    Ok(())
}

async fn tokens(client: &WebPubSubServiceClient) -> Result<(), BoxError> {
    let url = client.client_access_url(ClientAccessToken::new()).await?;
    println!("URL: {}", url.expose_url());

    let url = client
        .client_access_url(
            ClientAccessToken::new()
                .user_id("user123")
                .roles([Role::SendToAnyGroup, Role::JoinLeaveAnyGroup])
                .lifetime(Duration::from_secs(5 * 60)),
        )
        .await?;
    receives(url).await?;

    let token = ClientAccessToken::new()
        .user_id("user123")
        .groups(["group1", "group2"]);
    let url = client.client_access_url(token).await?;
    assert!(url.base().ends_with("/client/hubs/my_hub"));
    Ok(())
}

async fn receives(url: ClientAccessUrl) -> Result<(), BoxError> {
    let (client, mut events) = WebPubSubClient::new(&url)?;
    client.start().await?;
    client.join_group("group1").await?;
    client
        .send_to_group("group1", Message::text("hello"))
        .await?;
    while let Some(event) = events.next().await {
        if let Event::GroupMessage(message) = event {
            println!("{}: {:?}", message.group, message.message.as_text());
            client.stop().await;
        }
    }
    Ok(())
}

async fn sends(client: &WebPubSubServiceClient) -> Result<(), BoxError> {
    client
        .send_to_all(Message::json(
            &json!({ "from": "user1", "data": "Hello world" }),
        )?)
        .await?;
    client.send_to_all(Message::text("Hello world")).await?;
    client.send_to_all(Message::binary("Hello world")).await?;

    client
        .send_to_user("user123", Message::text("Hello user!"))
        .await?;
    client
        .send_to_group("my-group", Message::text("Hello group!"))
        .await?;
    client
        .send_to_connection("abc123", Message::text("Hello connection!"))
        .await?;

    client
        .send_to_group("my-group", Message::text("Hello others!"))
        .excluded(["abc123"])
        .filter(user_id().ne("user1") & groups().contains("vip"))
        .message_ttl(Duration::from_secs(60))
        .await?;
    Ok(())
}

async fn manages(client: &WebPubSubServiceClient) -> Result<(), BoxError> {
    let token = ClientAccessToken::new().user_id("user123").group("lobby");
    let url = client.client_access_url(token).await?;
    let (user, _events) = WebPubSubClient::new(url)?;
    user.start().await?;
    let member = client
        .list_connections("lobby")
        .try_next()
        .await?
        .ok_or("user123 is there")?;
    let connection_id = &member.connection_id;

    client.add_user_to_group("my-group", "user123").await?;
    client.remove_user_from_group("my-group", "user123").await?;
    client
        .add_connection_to_group("my-group", connection_id)
        .await?;
    client
        .remove_connection_from_group("my-group", connection_id)
        .await?;

    let mut members = client.list_connections("lobby").top(100);
    while let Some(member) = members.try_next().await? {
        println!("{} {:?}", member.connection_id, member.user_id);
    }

    let there = client.connection_exists(connection_id).await?;
    let has_connections = client.user_exists("user123").await?;
    let has_members = client.group_exists("my-group").await?;
    assert!(there && has_connections && !has_members);

    client
        .grant_permission(Permission::JoinLeaveGroup, connection_id)
        .target_name("my-group")
        .await?;
    let has_permission = client
        .has_permission(Permission::JoinLeaveGroup, connection_id)
        .target_name("my-group")
        .await?;
    assert!(has_permission);
    client
        .revoke_permission(Permission::JoinLeaveGroup, connection_id)
        .target_name("my-group")
        .await?;
    Ok(())
}

async fn closes(client: &WebPubSubServiceClient) -> Result<(), BoxError> {
    client
        .close_connection("abc123")
        .reason("Session ended")
        .await?;
    client.close_user_connections("user123").await?;
    client.close_group_connections("my-group").await?;
    client.close_all_connections().await?;
    Ok(())
}

fn without_async(connection_string: &str) -> Result<(), BoxError> {
    let client =
        blocking::WebPubSubServiceClient::from_connection_string(connection_string, "my_hub")?;
    client
        .send_to_all(Message::text("Hello everyone!"))
        .send()?;
    for member in client.list_connections("lobby") {
        println!("{}", member?.connection_id);
    }
    Ok(())
}

async fn logs(connection_string: &str, client: &WebPubSubServiceClient) -> Result<(), BoxError> {
    tracing_subscriber::fmt()
        .with_env_filter("webpubsub::http=debug")
        .with_writer(std::io::stdout)
        .init();
    let logging = WebPubSubServiceClient::builder()
        .connection_string(connection_string)
        .hub("my_hub")
        .logging(true)
        .build()?;

    client
        .send_to_all(Message::text("Hello world"))
        .logging(true)
        .await?;
    logging.service_status().await?;
    Ok(())
}
