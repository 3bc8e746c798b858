use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};

use super::{Filter, Idempotency, Operation, RequestReader, RequestWriter, Template, WithFilter};
use crate::{Error, GroupName};

/// Adds the connections a filter selects to groups, all at once. A repeat leaves those in that are in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AddConnectionsToGroups {
    /// The groups; at least one.
    pub groups: Vec<GroupName>,
    /// Only the connections this selects; without it every connection of the hub.
    pub filter: Option<Filter>,
}

impl AddConnectionsToGroups {
    /// Adds every connection of the hub to `groups`; without a group it is an error to send.
    #[must_use]
    pub fn new(groups: Vec<GroupName>) -> Self {
        Self {
            groups,
            filter: None,
        }
    }
}

impl Operation for AddConnectionsToGroups {
    type Output = ();

    const NAME: &'static str = "add_connections_to_groups";
    const METHOD: Method = Method::POST;
    const TEMPLATE: Template = Template::new("/api/hubs/{hub}/:addToGroups");
    const IDEMPOTENCY: Idempotency = Idempotency::Idempotent;
    const SUCCESS: StatusCode = StatusCode::OK;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        write(&self.groups, self.filter.as_ref(), request)
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        let (groups, filter) = read(request)?;
        Ok(Self { groups, filter })
    }
}

impl WithFilter for AddConnectionsToGroups {
    fn filter_mut(&mut self) -> &mut Option<Filter> {
        &mut self.filter
    }
}

/// Removes the connections a filter selects from groups, all at once. A repeat finds them gone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RemoveConnectionsFromGroups {
    /// The groups; at least one.
    pub groups: Vec<GroupName>,
    /// Only the connections this selects; without it every connection of the hub.
    pub filter: Option<Filter>,
}

impl RemoveConnectionsFromGroups {
    /// Removes every connection of the hub from `groups`; without a group it is an error to send.
    #[must_use]
    pub fn new(groups: Vec<GroupName>) -> Self {
        Self {
            groups,
            filter: None,
        }
    }
}

impl Operation for RemoveConnectionsFromGroups {
    type Output = ();

    const NAME: &'static str = "remove_connections_from_groups";
    const METHOD: Method = Method::POST;
    const TEMPLATE: Template = Template::new("/api/hubs/{hub}/:removeFromGroups");
    const IDEMPOTENCY: Idempotency = Idempotency::Idempotent;
    const SUCCESS: StatusCode = StatusCode::OK;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        write(&self.groups, self.filter.as_ref(), request)
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        let (groups, filter) = read(request)?;
        Ok(Self { groups, filter })
    }
}

impl WithFilter for RemoveConnectionsFromGroups {
    fn filter_mut(&mut self) -> &mut Option<Filter> {
        &mut self.filter
    }
}

/// The body of both.
#[derive(Serialize, Deserialize)]
struct Body {
    groups: Vec<GroupName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    filter: Option<String>,
}

const GROUPS: &str = "groups";

fn write(
    groups: &[GroupName],
    filter: Option<&Filter>,
    request: &mut RequestWriter,
) -> Result<(), Error> {
    request.json(&Body {
        groups: at_least_one(groups.to_vec())?,
        filter: filter.map(ToString::to_string),
    })
}

fn read(request: &RequestReader<'_>) -> Result<(Vec<GroupName>, Option<Filter>), Error> {
    let body: Body = request.json(GROUPS)?;
    let filter = body.filter.filter(|text| !text.is_empty());
    Ok((at_least_one(body.groups)?, filter.map(Filter::raw)))
}

fn at_least_one(groups: Vec<GroupName>) -> Result<Vec<GroupName>, Error> {
    if groups.is_empty() {
        return Err(Error::argument(GROUPS, "must name at least one group"));
    }
    Ok(groups)
}
