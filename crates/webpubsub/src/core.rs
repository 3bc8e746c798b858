use bytes::Bytes;
use http::{Request, Response};
use tower::ServiceExt as _;
use webpubsub_auth::{AccessKeys, ClientAccessToken, ClientAccessUrl};
use webpubsub_protocol::{
    Error as ProtocolError, HubName, Target,
    operation::{Operation, Page, PagedOperation},
};
use webpubsub_transport::{Attempts, Body, CallOptions, HttpService, RequestId};

use crate::{Error, call::Checked};

/// What clones of a client share, and the one way to the service.
#[derive(Clone)]
pub(crate) struct Core {
    pub(crate) target: Target,
    pub(crate) service: HttpService,
    pub(crate) signer: Signer,
}

/// Who signs client access tokens.
#[derive(Clone)]
pub(crate) enum Signer {
    /// This client, with the service's key in use.
    Keys(AccessKeys),
    /// The service, which does so for callers with an Entra ID token.
    Service,
}

impl Core {
    /// The same way to another hub.
    pub(crate) fn with_hub(&self, hub: HubName) -> Self {
        Self {
            target: self.target.with_hub(hub),
            ..self.clone()
        }
    }

    pub(crate) fn send<O: Operation>(
        &self,
        operation: Checked<O>,
        options: CallOptions,
    ) -> impl Future<Output = Result<O::Output, Error>> + Send + use<O> {
        let request = operation.and_then(|operation| operation.to_request(&self.target));
        self.exchange::<O>(request, options)
    }

    pub(crate) async fn next_page<O: PagedOperation>(
        &self,
        link: &str,
        options: CallOptions,
    ) -> Result<Page<<O as PagedOperation>::Item>, Error> {
        let request = O::next_page_request(&self.target, link);
        self.exchange::<O>(request, options).await
    }

    /// The request is made ready before the future is there, which so stays small enough for malloc's fast path.
    fn exchange<O: Operation>(
        &self,
        request: Result<Request<Bytes>, ProtocolError>,
        options: CallOptions,
    ) -> impl Future<Output = Result<O::Output, Error>> + Send + use<O> {
        let (attempts, request_id) = (Attempts::default(), RequestId::random());
        let answer = request.map(|request| {
            let mut request = request.map(Body::from);
            request.extensions_mut().insert(attempts.clone());
            // Absent, they cost nothing in the clones of the request.
            if options != CallOptions::default() {
                request.extensions_mut().insert(options);
            }
            request_id.write(request.headers_mut());
            self.service.clone().oneshot(request)
        });
        async move {
            let in_operation = |error: Error| error.in_operation(O::NAME);
            let answer = answer.map_err(|error| in_operation(Error::protocol(error)))?;
            let outcome = answer.await.map_err(Error::transport);
            let outcome = outcome.and_then(|response| {
                let response = note_id(response.map(Body::into_bytes), &request_id);
                O::parse_response(&response).map_err(|error| Error::response(error, &response))
            });
            outcome.map_err(|error| in_operation(error).after(&attempts, request_id))
        }
    }

    pub(crate) async fn client_access_url(
        &self,
        token: ClientAccessToken,
    ) -> Result<ClientAccessUrl, Error> {
        let Target { endpoint, hub, .. } = &self.target;
        let url = match &self.signer {
            Signer::Keys(keys) => {
                let url = token.sign(endpoint, hub, keys.in_use());
                url.map_err(Error::auth)
            }
            Signer::Service => self.ask_for_url(token).await,
        };
        url.map_err(|error| error.in_operation("client_access_url"))
    }

    async fn ask_for_url(&self, token: ClientAccessToken) -> Result<ClientAccessUrl, Error> {
        let operation = token.into_operation().map_err(Error::auth)?;
        let protocol = operation.protocol;
        let token = self.send(Ok(operation), CallOptions::new()).await?;
        let Target { endpoint, hub, .. } = &self.target;
        Ok(ClientAccessUrl::new(protocol, endpoint, hub, token))
    }
}

/// Whoever asks for the answer itself finds the request's id in its extensions.
fn note_id(mut response: Response<Bytes>, id: &RequestId) -> Response<Bytes> {
    response.extensions_mut().insert(id.clone());
    response
}
