//! The web app, from inside the binary. Its pages have addresses of their own, so an unknown address is the app;
//! an unknown address of the API is not.

use crate::error::{ApiError, Code};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Dist;

/// Never the app: an address below these that nobody serves is not found.
const NOT_PAGES: [&str; 7] = ["/api", "/sso", "/scim", "/hooks", "/health", "/metrics", "/assets"];

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Parclose</title>\
    <p>The web app is not built into this server. Build it in <code>web/</code>, then build the server again.</p></html>";

/// A file of the app, or the app itself.
pub(crate) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path();
    let below = |root: &&str| path.strip_prefix(*root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let file = Dist::get(path.trim_start_matches('/')).filter(|_| path != "/" && path != "/index.html");
    if !matches!(method, Method::GET | Method::HEAD) {
        return ApiError::from(Code::NotFound).into_response();
    }
    match file {
        Some(file) => send(path, file, path.starts_with("/assets/"), &headers),
        None if NOT_PAGES.iter().any(below) => ApiError::from(Code::NotFound).into_response(),
        None => match Dist::get("index.html") {
            Some(index) => send("index.html", index, false, &headers),
            None => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], NOT_BUILT).into_response(),
        },
    }
}

/// Names of assets change with their content, so they are kept for ever; everything else is asked for again.
fn send(path: &str, file: EmbeddedFile, for_ever: bool, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..16]));
    let kept = if for_ever { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|tags| tags.split(',').any(|known| known.trim().trim_start_matches("W/") == tag));
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, kind(path))], Body::from(file.data.into_owned())).into_response()
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
