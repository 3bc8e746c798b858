//! Lists who is in a group: item by item, page by page, and from where an earlier list ended.

use futures_util::TryStreamExt as _;
use webpubsub::{ClientAccessToken, WebPubSubServiceClient};
use webpubsub_examples::{BoxError, PlainClient, Service};

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let service = Service::start().await?;
    let client =
        WebPubSubServiceClient::from_connection_string(&service.connection_string(), "list")?;
    let mut members = Vec::new();
    for user in ["ann", "bob", "cyd", "dan", "eve"] {
        let token = ClientAccessToken::new().user_id(user).group("room");
        members.push(PlainClient::connect(&client.client_access_url(token).await?).await?);
    }

    // Pages are fetched as the items are asked for.
    let mut list = client.list_connections("room").max_page_size(2);
    let mut count = 0;
    while let Some(member) = list.try_next().await? {
        println!(
            "{} {}",
            member.connection_id,
            member.user_id.as_ref().map_or("-", |user| user.as_str())
        );
        count += 1;
    }
    assert_eq!(count, 5);

    // Page by page, each knows how to go on behind it: enough to resume in another request, or another process.
    let mut pages = client.list_connections("room").max_page_size(3).by_page();
    let first = pages.try_next().await?.ok_or("there is a first page")?;
    let token = first.continuation_token().ok_or("more follows")?;
    let rest = client.list_connections("room").continuation_token(token);
    let rest: Vec<_> = rest.try_collect().await?;
    println!(
        "{} on the first page, {} behind it",
        first.items.len(),
        rest.len()
    );
    assert_eq!((first.items.len(), rest.len()), (3, 2));
    Ok(())
}
