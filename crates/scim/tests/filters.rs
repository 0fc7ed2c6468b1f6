//! Filters and changes that nobody thought of.

use parclose_scim::schema::USERS;
use parclose_scim::{apply_patch, parse_filter};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn user() -> Value {
    json!({"userName": "ada", "active": true, "emails": [{"value": "a@x", "type": "work", "primary": true}], "name": {"givenName": "A"}})
}

/// Filters that are right, made of parts.
fn filters() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("userName pr".to_owned()),
        Just("active eq true".to_owned()),
        ("(userName|title|name\\.givenName|emails\\.value)", "(eq|ne|co|sw|ew|gt|ge|lt|le)", "[ -~]{0,6}")
            .prop_map(|(name, op, value)| format!("{name} {op} {}", Value::from(value))),
        "[a-z]{1,4}".prop_map(|value| format!("emails[type eq \"{value}\" or primary eq true]")),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} and {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) or ({b})")),
            inner.prop_map(|a| format!("not ({a})")),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_is_sent_as_a_filter_is_read_or_refused(text in "\\PC{0,60}") {
        if let Ok(filter) = parse_filter(&text, &USERS) {
            filter.is_met_by(&user());
        }
    }

    #[test]
    fn right_filters_are_read_and_a_filter_and_its_contrary_never_agree(text in filters()) {
        if let Ok(filter) = parse_filter(&text, &USERS) {
            let contrary = parse_filter(&format!("not ({text})"), &USERS);
            if let Ok(contrary) = contrary {
                prop_assert_ne!(filter.is_met_by(&user()), contrary.is_met_by(&user()));
            }
        } else {
            prop_assert!(text.len() > 2_000 || text.matches(" or ").count() + text.matches(" and ").count() + text.matches('(').count() > 8, "{}", text);
        }
    }

    #[test]
    fn whatever_is_sent_as_a_change_is_made_or_refused(op in "(add|Replace|REMOVE)", path in "(userName|emails|emails\\[type eq \"work\"\\]|emails\\[type eq \"work\"\\]\\.value|name|name\\.givenName|active|\\PC{0,12})", value in "(true|\"False\"|null|\"x\"|7|\\[\\]|\\{\"value\":\"x\"\\}|\\[\\{\"value\":\"x\",\"primary\":true\\}\\])") {
        let mut resource: Map<String, Value> = user().as_object().unwrap().clone();
        let value: Value = serde_json::from_str(&value).unwrap();
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": op, "path": path, "value": value}]});
        if apply_patch(&USERS, "id", &mut resource, body.as_object().unwrap()).is_ok() {
            prop_assert!(resource["userName"].is_string());
            prop_assert!(resource.get("active").is_none_or(Value::is_boolean));
            let primaries = resource.get("emails").and_then(Value::as_array).map_or(0, |all| all.iter().filter(|one| one["primary"] == true).count());
            prop_assert!(primaries <= 1);
        }
    }
}
