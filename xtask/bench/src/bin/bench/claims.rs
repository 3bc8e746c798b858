//! That all signers sign the same.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use webpubsub_bench::{Outcome, Program};

/// How long tokens live, in seconds. A signer that looks at the clock twice may see the next second.
const LIFETIME: std::ops::RangeInclusive<u64> = 3_600..=3_601;

/// Has a signer show a token, and looks at what it claims.
pub(crate) async fn check(signer: &Program) -> Outcome {
    let output = signer.clone().with(["--show"]).command().output().await?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{} shows no token: {said}", signer.name()).into());
    }
    let token = String::from_utf8(output.stdout)?;
    let claims = token.split('.').nth(1).ok_or("a token has three parts")?;
    expect_agreed(serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims)?)?)
}

fn expect_agreed(mut claims: Value) -> Outcome {
    let mut time = |name| {
        let time = claims
            .as_object_mut()
            .and_then(|claims| claims.remove(name));
        time.as_ref().and_then(Value::as_u64)
    };
    let (issued, expires) = (time("iat"), time("exp"));
    let lifetime = expires
        .zip(issued)
        .and_then(|(end, start)| end.checked_sub(start));
    let others = json!({
        "aud": "https://contoso.webpubsub.azure.com/client/hubs/chat",
        "sub": "user-0001",
        "role": ["webpubsub.joinLeaveGroup.room-1", "webpubsub.sendToGroup.room-1"],
        "webpubsub.group": ["room-1"],
    });
    if lifetime.is_some_and(|seconds| LIFETIME.contains(&seconds)) && claims == others {
        return Ok(());
    }
    Err(format!("it claims {claims}, for {lifetime:?} seconds").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_claims_are_refused() {
        let agreed = json!({
            "aud": "https://contoso.webpubsub.azure.com/client/hubs/chat",
            "sub": "user-0001",
            "role": ["webpubsub.joinLeaveGroup.room-1", "webpubsub.sendToGroup.room-1"],
            "webpubsub.group": ["room-1"],
            "iat": 1_000,
            "exp": 4_600,
        });
        expect_agreed(agreed.clone()).unwrap();
        for (name, value) in [
            ("exp", json!(4_700)),
            ("sub", json!("ann")),
            ("nbf", json!(1_000)),
        ] {
            let mut other = agreed.clone();
            other[name] = value;
            assert!(expect_agreed(other).is_err(), "{name}");
        }
        assert!(expect_agreed(json!("nothing")).is_err());
    }
}
