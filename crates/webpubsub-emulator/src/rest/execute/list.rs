use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use webpubsub_protocol::{
    GroupName, HubName, ServiceError, Target,
    operation::{GroupMember, ListConnectionsInGroup, MaxPageSize, Operation as _, Page, Top},
};

use super::{Context, Execute, invalid};
use crate::rest::bad_request;

impl Execute for ListConnectionsInGroup {
    fn execute(self, context: &Context<'_>) -> Result<Page<GroupMember>, ServiceError> {
        let mut members = context.hub.list(&self.group);
        let place = Place::of(&context.target.hub, &self.group);
        if let Some(token) = &self.continuation_token {
            let last = place.read(token).ok_or_else(bad_token)?;
            members.retain(|member| member.connection_id.as_str() > last.as_str());
        }
        let top = self.top.map_or(usize::MAX, |top| top.get() as usize);
        members.truncate(top);

        let size = self
            .max_page_size
            .map_or(MaxPageSize::MAX, MaxPageSize::get) as usize;
        let rest = members.len().saturating_sub(size);
        members.truncate(size);
        let next_link = match members.last() {
            Some(last) if rest > 0 => {
                let mut next = self.clone();
                next.continuation_token = Some(place.write(last.connection_id.as_str()));
                next.top = self.top.and_then(|top| {
                    let size = u32::try_from(size).ok()?;
                    Top::try_from(top.get().saturating_sub(size)).ok()
                });
                Some(next_link(&next, &context.target)?)
            }
            _ => None,
        };
        Ok(Page::new(members, next_link))
    }
}

/// The URL of the next page, on the host the caller asked.
fn next_link(list: &ListConnectionsInGroup, target: &Target) -> Result<String, ServiceError> {
    let request = list
        .to_request(target)
        .map_err(|error| bad_request(&error))?;
    Ok(request.uri().to_string())
}

/// Binds continuation tokens to their hub and group.
struct Place(u64);

impl Place {
    fn of(hub: &HubName, group: &GroupName) -> Self {
        let mut hasher = DefaultHasher::new();
        hub.as_str().to_ascii_lowercase().hash(&mut hasher);
        group.hash(&mut hasher);
        Self(hasher.finish())
    }

    fn write(&self, last: &str) -> String {
        URL_SAFE_NO_PAD.encode(format!("{:016x}{last}", self.0))
    }

    /// The id behind which the list goes on.
    fn read(&self, token: &str) -> Option<String> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let (place, last) = text.split_at_checked(16)?;
        (u64::from_str_radix(place, 16) == Ok(self.0)).then(|| last.to_owned())
    }
}

fn bad_token() -> ServiceError {
    let message = "The continuationToken is not one of this group.";
    invalid(message, "continuationToken")
}
