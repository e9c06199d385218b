//! The least-privilege policies that the documentation gives for the controller, which tests use.

use anyhow::{Result, bail};
use serde_json::Value;

use crate::user::page::Page;

const PAGE: &str = "controller/docs/key-wrapping.md";

/// The key that the policy for AWS allows.
const ARN_OF_PAGE: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// The policy for OpenBao's key `transit/sealing`.
pub fn open_bao() -> Result<String> {
    let page = Page::read(PAGE)?;
    let [policy] = page.blocks("hcl")[..] else { bail!("{PAGE} has not one policy for OpenBao") };
    Ok(policy.to_owned())
}

/// The policy for this key of AWS.
pub fn aws(arn: &str) -> Result<Value> {
    let page = Page::read(PAGE)?;
    let policies = page.blocks("json").into_iter().filter(|block| block.contains(ARN_OF_PAGE));
    let [policy] = policies.collect::<Vec<_>>()[..] else { bail!("{PAGE} has not one policy for AWS") };
    Ok(serde_json::from_str(&policy.replace(ARN_OF_PAGE, arn))?)
}
