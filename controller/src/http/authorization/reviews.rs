//! The questions to the API server: [`review_token`], whose token it is, and [`may_reseal`], what its user may do. Who asks bounds their time.

use api::SealedSecret;
use api::reseal_token::{AUDIENCE, VERB};
use k8s_openapi::api::authentication::v1::{TokenReview, TokenReviewSpec, UserInfo};
use k8s_openapi::api::authorization::v1::{ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec};
use kube::api::PostParams;
use kube::{Api, Client, Resource as _};

/// The user of a token that is valid for our audience.
pub(crate) async fn review_token(client: &Client, token: &str) -> kube::Result<Option<UserInfo>> {
    let spec = TokenReviewSpec { audiences: Some(vec![AUDIENCE.into()]), token: Some(token.into()) };
    let review = TokenReview { spec, ..TokenReview::default() };
    let reviews = Api::<TokenReview>::all(client.clone());
    let status = reviews.create(&PostParams::default(), &review).await?.status.unwrap_or_default();
    // An authenticator that knows no audiences names none: it accepted the token for the API server.
    let is_for_us = status.audiences.unwrap_or_default().iter().any(|audience| audience == AUDIENCE);
    Ok(status.user.filter(|_| status.authenticated == Some(true) && is_for_us))
}

/// Whether the user may reseal SealedSecrets in a namespace; None for all namespaces.
pub(crate) async fn may_reseal(
    client: &Client,
    user: &UserInfo,
    namespace: Option<&str>,
) -> kube::Result<bool> {
    let attributes = ResourceAttributes {
        group: Some(SealedSecret::group(&()).into()),
        resource: Some(SealedSecret::plural(&()).into()),
        verb: Some(VERB.into()),
        namespace: namespace.map(Into::into),
        ..ResourceAttributes::default()
    };
    let user = user.clone();
    let spec = SubjectAccessReviewSpec {
        user: user.username,
        uid: user.uid,
        groups: user.groups,
        extra: user.extra,
        resource_attributes: Some(attributes),
        ..SubjectAccessReviewSpec::default()
    };
    let review = SubjectAccessReview { spec, ..SubjectAccessReview::default() };
    let reviews = Api::<SubjectAccessReview>::all(client.clone());
    let answer = reviews.create(&PostParams::default(), &review).await?;
    Ok(answer.status.is_some_and(|status| status.allowed && status.denied != Some(true)))
}
