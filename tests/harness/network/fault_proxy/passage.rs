//! `pass`: passes one request to the API server, and does to it what a rule says.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use anyhow::anyhow;
use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{FutureExt as _, StreamExt as _, stream};
use http::header::{CONNECTION, CONTENT_LENGTH, DATE, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, BodyStream, StreamBody};
use hyper::body::{Frame, Incoming};
use kube::client::Body;

use crate::network::fault_proxy::fault::{Fault, answer, gone, later, refusal};
use crate::network::fault_proxy::request::ApiRequest;
use crate::network::fault_proxy::shared::{Reset, Shared, lock};

type Broken = anyhow::Error;
type ProxyResponse = Response<UnsyncBoxBody<Bytes, Broken>>;

/// Passes a request on, unless a rule says otherwise. An error breaks the connection.
pub(crate) async fn pass(
    request: Request<Incoming>,
    shared: &Arc<Shared>,
    reset: &Reset,
) -> Result<ProxyResponse, Broken> {
    let api_request = ApiRequest::by(request.method(), request.uri());
    if api_request.verb != "watch" {
        shared.requests.fetch_add(1, Ordering::Relaxed);
    }
    let fault = lock(&shared.rules).fault_for(&api_request);
    match fault {
        None => forward(request, &api_request, shared).await,
        Some(Fault::Refuse(code, reason, after)) => Ok(whole(refusal(code, reason, after))),
        Some(Fault::WatchGone) => Ok(whole(gone())),
        Some(Fault::WatchEnds) => Ok(whole(answer(200, ""))),
        Some(Fault::WatchSilent) => {
            let silence = stream::pending().take_until(cut(shared));
            Ok(answer(200, "").map(|_| StreamBody::new(silence).boxed_unsync()))
        }
        Some(Fault::WatchGarbage) => Ok(whole(answer(200, "this is no event\n"))),
        Some(Fault::Late(delay)) => {
            let shared = Arc::clone(shared);
            // On a task of its own: the client may have closed the connection by then.
            let late = tokio::spawn(async move {
                let request = received(request).await?;
                tokio::time::sleep(delay).await;
                send(request, &api_request, &shared).await
            });
            late.await?
        }
        Some(Fault::LateAnswer(delay)) => {
            let answer = forward(request, &api_request, shared).await?;
            tokio::time::sleep(delay).await;
            Ok(answer)
        }
        Some(Fault::Dated(ahead)) => {
            let mut answer = forward(request, &api_request, shared).await?;
            let date = answer.headers().get(DATE).and_then(|date| later(date, ahead));
            answer.headers_mut().insert(DATE, date.ok_or_else(|| anyhow!("the answer has no date"))?);
            Ok(answer)
        }
        Some(Fault::ResetBefore) => broken(reset),
        Some(Fault::ResetAfter) => {
            forward(request, &api_request, shared).await?.into_body().collect().await?;
            broken(reset)
        }
        Some(Fault::Truncate) => {
            let (mut parts, body) = forward(request, &api_request, shared).await?.into_parts();
            let body = body.collect().await?.to_bytes();
            parts.headers.insert(CONTENT_LENGTH, body.len().into());
            let half = body.slice(..body.len() / 2);
            let rest = stream::iter([Ok(Frame::data(half)), Err(anyhow!("the answer ends here"))]);
            Ok(Response::from_parts(parts, StreamBody::new(rest).boxed_unsync()))
        }
    }
}

fn broken(reset: &Reset) -> Result<ProxyResponse, Broken> {
    reset.at_close()?;
    Err(anyhow!("the connection ends here"))
}

fn whole(response: Response<http_body_util::Full<Bytes>>) -> ProxyResponse {
    response.map(|body| body.map_err(|never| match never {}).boxed_unsync())
}

async fn forward(
    request: Request<Incoming>,
    api_request: &ApiRequest,
    shared: &Shared,
) -> Result<ProxyResponse, Broken> {
    send(received(request).await?, api_request, shared).await
}

/// The request with its whole body, for sending on.
async fn received(request: Request<Incoming>) -> Result<Request<Body>, Broken> {
    let (mut parts, body) = request.into_parts();
    of_this_hop(&mut parts.headers);
    parts.headers.remove(HOST);
    Ok(Request::from_parts(parts, Body::from(Vec::from(body.collect().await?.to_bytes()))))
}

async fn send(
    request: Request<Body>,
    api_request: &ApiRequest,
    shared: &Shared,
) -> Result<ProxyResponse, Broken> {
    let response = {
        let _uncounted = shared.uncounted.read().await;
        let response = shared.server.send(request).await?;
        if response.status().is_success() {
            *lock(&shared.done)
                .entry(format!("{} {}", api_request.verb, api_request.resource))
                .or_default() += 1;
        }
        response
    };
    let (mut parts, body) = response.into_parts();
    of_this_hop(&mut parts.headers);
    if api_request.verb != "watch" {
        return Ok(Response::from_parts(parts, body.map_err(Into::into).boxed_unsync()));
    }
    let frames = BodyStream::new(body).map(|frame| frame.map_err(Into::into)).take_until(cut(shared));
    Ok(Response::from_parts(parts, StreamBody::new(frames).boxed_unsync()))
}

/// Ends when the watches are cut next.
fn cut(shared: &Shared) -> BoxFuture<'static, ()> {
    let mut cuts = shared.cuts.subscribe();
    async move { _ = cuts.changed().await }.boxed()
}

/// Removes the headers that concern one connection only.
fn of_this_hop(headers: &mut HeaderMap) {
    for name in [CONNECTION, TRANSFER_ENCODING, CONTENT_LENGTH] {
        headers.remove(name);
    }
}
