//! The document, generated from the handlers, with what is true of every operation put in once.

use crate::error::Code;
use serde_json::{Value, json};
use utoipa::OpenApi;

/// Operations that need nobody to be signed in. What is added here is a way to sign in or out, and nothing else.
pub const ANONYMOUS: &[(&str, &str)] = &[
    ("post", "/api/v1/sign-in"),
    ("post", "/api/v1/sign-in/code"),
    ("post", "/api/v1/sign-in/passkey-options"),
    ("post", "/api/v1/sign-in/passkey"),
    ("post", "/api/v1/password-reset/check"),
    ("post", "/api/v1/password-reset"),
    ("post", "/api/v1/set-up"),
    ("get", "/api/v1/sign-in-options"),
    ("get", "/api/v1/openapi.json"),
    ("get", "/sso/{connection}/login"),
    ("get", "/sso/{connection}/callback"),
    ("post", "/sso/{connection}/acs"),
    ("get", "/sso/{connection}/done"),
    ("get", "/sso/{connection}/metadata"),
    ("get", "/sso/{connection}/slo"),
    ("post", "/sso/{connection}/slo"),
    ("post", "/hooks/taskrouter/{workspace}"),
    ("post", "/hooks/event-streams/{workspace}"),
    ("get", "/health"),
    ("get", "/health/live"),
    ("get", "/health/ready"),
    ("get", "/metrics"),
];

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Parclose",
        description = "Contact-centre analytics with separation that cannot be forgotten. Every answer holds the caller's rows only.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(crate::schema::ErrorAnswer))
)]
struct Base;

pub(crate) fn base() -> utoipa::openapi::OpenApi {
    Base::openapi()
}

/// The document as JSON text.
pub fn document() -> String {
    let mut document = serde_json::to_value(crate::router::operations().split_for_parts().1).unwrap_or_default();
    document["components"]["securitySchemes"] = json!({
        "session": {"type": "apiKey", "in": "cookie", "name": "__Host-parclose", "description": "Set by sign-in. Changes need the header x-csrf-token as well. The name is `parclose` on plain http."},
        "key": {"type": "http", "scheme": "bearer", "description": "An API key, `pck_…`."},
    });
    if let Some(paths) = document["paths"].as_object_mut() {
        for (path, item) in paths {
            for (method, operation) in item.as_object_mut().into_iter().flatten() {
                complete(path, method, operation);
            }
        }
    }
    document.to_string()
}

/// Adds who may call it and the errors that any operation may answer with.
fn complete(path: &str, method: &str, operation: &mut Value) {
    let anonymous = ANONYMOUS.contains(&(method, path));
    if !anonymous {
        operation["security"] = json!([{"session": []}, {"key": []}]);
    }
    let mut codes = vec![Code::Internal];
    if path.starts_with("/api/") || path.starts_with("/sso/") {
        codes.extend([Code::TooManyRequests, Code::Unavailable]);
    }
    if !anonymous {
        codes.extend([Code::SignInRequired, Code::NotAllowed]);
    }
    let takes_json = operation["requestBody"]["content"].get("application/json").is_some() && path.starts_with("/api/");
    if takes_json {
        codes.extend([Code::BadRequest, Code::TooLarge]);
    }
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for code in codes {
        let status = code.status().as_u16().to_string();
        let words = match code {
            Code::BadRequest => "`bad_request`, `unknown_field`".to_owned(),
            code => format!("`{}`", code.as_str()),
        };
        responses.entry(status).or_insert_with(|| json!({"description": words}));
    }
    for (status, response) in responses.iter_mut() {
        if status.starts_with(['4', '5']) {
            response["content"] = json!({"application/json": {"schema": {"$ref": "#/components/schemas/ErrorAnswer"}}});
        }
    }
    responses.sort_keys();
}
