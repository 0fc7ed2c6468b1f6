//! Requests, sent by redirect. Written here and not by the library: ids and times are the caller's.

use crate::{KeyPair, Own, Peer, Refused, Request};
use saml_rs::binding::base64_encode;
use saml_rs::binding::deflate_raw_encode;
use saml_rs::binding::xml_escape;
use saml_rs::crypto::keys::load_private_key;
use saml_rs::crypto::sign::construct_message_signature;
use url::Url;
use url::form_urlencoded::byte_serialize;

const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

pub(crate) fn begin(own: &Own, peer: &Peer, request: &Request<'_>) -> Result<String, Refused> {
    let xml = format!(
        "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" \
         ID=\"{id}\" Version=\"2.0\" IssueInstant=\"{at}\" Destination=\"{to}\" AssertionConsumerServiceURL=\"{acs}\" \
         ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\"><saml:Issuer>{issuer}</saml:Issuer></samlp:AuthnRequest>",
        id = xml_escape(request.id),
        at = instant(request.now_ms),
        to = xml_escape(&peer.sso_url),
        acs = xml_escape(&own.acs_url),
        issuer = xml_escape(&own.entity_id),
    );
    let key = if peer.signs_requests { Some(own.key.as_ref().ok_or(Refused::because("saml_settings"))?) } else { None };
    redirect(&peer.sso_url, "SAMLRequest", &xml, Some(request.relay_state), key)
}

/// An address with a message in it, signed when there is a key.
pub(crate) fn redirect(to: &str, name: &str, xml: &str, relay_state: Option<&str>, key: Option<&KeyPair>) -> Result<String, Refused> {
    let mut query = format!("{name}={}", escaped(&base64_encode(&deflate_raw_encode(xml.as_bytes())?)));
    if let Some(relay_state) = relay_state {
        query.push_str(&format!("&RelayState={}", escaped(relay_state)));
    }
    if let Some(key) = key {
        query.push_str(&format!("&SigAlg={}", escaped(RSA_SHA256)));
        let signature = construct_message_signature(&query, &load_private_key(&key.private_key, None)?, RSA_SHA256)?;
        query.push_str(&format!("&Signature={}", escaped(&signature)));
    }
    let mut url = Url::parse(to).map_err(|_| Refused::because("saml_settings"))?;
    let all = url.query().filter(|own| !own.is_empty()).map_or_else(|| query.clone(), |own| format!("{own}&{query}"));
    url.set_query(Some(&all));
    Ok(url.into())
}

fn escaped(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

/// RFC 3339 in UTC with whole seconds, by the calendar rules of Howard Hinnant's `civil_from_days`.
pub(crate) fn instant(ms: i64) -> String {
    let (days, second) = (ms.div_euclid(86_400_000), ms.rem_euclid(86_400_000) / 1000);
    let z = days + 719_468;
    let (era, of_era) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

/// The other way round: SAML's instants, in UTC, with or without parts of a second.
pub(crate) fn instant_ms(text: &str) -> Option<i64> {
    let (date, time) = text.trim().strip_suffix('Z')?.split_once('T')?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let numbers = |text: &str, by: char| -> Option<[i64; 3]> {
        let parts: Vec<i64> = text.split(by).map(|part| part.parse().ok().filter(|_| part.len() <= 4)).collect::<Option<_>>()?;
        parts.try_into().ok()
    };
    let ([year, month, day], [hour, minute, second]) = (numbers(date, '-')?, numbers(time, ':')?);
    let fits = (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    if !fits || !(0..24).contains(&hour) || !(0..60).contains(&minute) || !(0..=60).contains(&second) || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let year = year - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719_468;
    Some(days * 86_400_000 + (hour * 3600 + minute * 60 + second) * 1000)
}

#[cfg(test)]
mod tests {
    use super::{instant, instant_ms};

    #[test]
    fn instants_are_read_as_they_are_written() {
        for ms in [0, 951_827_696_000, 1_793_361_600_000, 1_709_164_800_000, 4_102_444_799_000] {
            assert_eq!(instant_ms(&instant(ms)), Some(ms));
        }
        assert_eq!(instant_ms("2026-10-30T12:00:00.123456Z"), Some(1_793_361_600_000));
        for bad in ["", "soon", "2026-10-30", "2026-10-30T12:00:00", "2026-10-30T12:00:00+02:00", "2026-13-30T12:00:00Z", "2026-10-30T25:00:00Z", "-2026-10-30T12:00:00Z", "2026-10-30T12:00:00.xZ"] {
            assert_eq!(instant_ms(bad), None, "{bad}");
        }
    }

    #[test]
    fn instants_are_written_in_utc() {
        for (ms, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_827_696_789, "2000-02-29T12:34:56Z"),
            (1_793_361_600_000, "2026-10-30T12:00:00Z"),
            (-1000, "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(instant(ms), text);
        }
    }
}
