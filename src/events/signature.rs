//! Secrets and signatures, as Standard Webhooks has them (<https://www.standardwebhooks.com>).

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The length of a secret, in bytes.
pub(super) const SECRET_BYTES: usize = 32;

/// A secret as receivers know it.
pub(super) fn secret_text(secret: &[u8]) -> String {
    format!("whsec_{}", BASE64.encode(secret))
}

/// The header `webhook-signature`: one signature for each secret.
pub(super) fn signatures<'a>(
    secrets: impl IntoIterator<Item = &'a [u8]>,
    message: &str,
    timestamp: i64,
    body: &[u8],
) -> String {
    let signed: Vec<String> =
        secrets.into_iter().map(|secret| signature(secret, message, timestamp, body)).collect();
    signed.join(" ")
}

fn signature(secret: &[u8], message: &str, timestamp: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of every length");
    mac.update(format!("{message}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", BASE64.encode(mac.finalize().into_bytes()))
}
