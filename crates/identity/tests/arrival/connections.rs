//! Administration of connections, and the dry run.

use crate::openid::SECRET;
use crate::rig::{oidc_settings, rig, saml_of, saml_settings, words};
use crate::saml_provider::{EVIL, NEXT, NOW_MS, SP, Words};
use parclose_identity::{ConnectionSettings, DryRunInput, Error, Protocol};
use serde_json::json;

#[tokio::test]
async fn secrets_go_in_and_never_out() {
    let rig = rig().await;
    let id = rig.add(oidc_settings()).await;
    rig.manage(async |grant| {
        let shown = rig.identity.list_connections(grant).await.unwrap().remove(0);
        assert!(shown.has_secret);
        assert!(!serde_json::to_string(&shown.settings).unwrap().contains(SECRET));
        // Sent back without the secret, it stays. Sent elsewhere, it must be known.
        let kept = rig.identity.change_connection(grant, &id, 1, "Okta", true, shown.settings.clone()).await.unwrap();
        assert!(kept.has_secret && kept.version == 2);
        let Protocol::Oidc(oidc) = shown.settings.protocol.clone() else { panic!() };
        let elsewhere = Protocol::Oidc(parclose_identity::OidcSettings { issuer: "https://evil.example".into(), ..oidc });
        let moved =
            rig.identity.change_connection(grant, &id, 2, "Okta", true, ConnectionSettings { protocol: elsewhere, ..shown.settings }).await;
        assert!(matches!(moved, Err(Error::InvalidField("client_secret"))));
        let old = rig.identity.change_connection(grant, &id, 1, "Okta", true, kept.settings).await;
        assert!(matches!(old, Err(Error::Catalog(parclose_catalog::Error::Conflict { current: 2 }))));
    })
    .await;
}

#[tokio::test]
async fn settings_that_can_not_work_are_refused() {
    let rig = rig().await;
    let saml = |change: fn(&mut parclose_identity::SamlSettings)| {
        let mut settings = saml_settings();
        change(saml_of(&mut settings));
        settings
    };
    let cases = [
        saml(|saml| saml.entity_id.clear()),
        saml(|saml| saml.sso_url = "http://idp.test.example/sso".into()),
        saml(|saml| saml.sso_url = "javascript:alert(1)".into()),
        saml(|saml| saml.certificates.clear()),
        saml(|saml| saml.certificates = vec!["nonsense".into()]),
        saml(|saml| saml.signs_requests = true),
        saml(|saml| saml.encrypted = true),
        saml(|saml| saml.private_key = Some(SP.0.into())),
        saml(|saml| (saml.private_key, saml.certificate) = (Some(SP.0.into()), Some(EVIL.1.into()))),
        ConnectionSettings { protocol: Protocol::Oidc(parclose_identity::OidcSettings::default()), ..saml_settings() },
    ];
    rig.manage(async |grant| {
        for (at, settings) in cases.into_iter().enumerate() {
            let done = rig.identity.create_connection(grant, "Okta", true, &settings).await;
            assert!(matches!(done, Err(Error::InvalidField(_))), "{at}");
        }
        let with_key = saml(|saml| (saml.private_key, saml.certificate, saml.encrypted) = (Some(SP.0.into()), Some(SP.1.into()), true));
        assert!(rig.identity.create_connection(grant, "Okta", true, &with_key).await.unwrap().has_secret);
        assert!(matches!(rig.identity.create_connection(grant, " ", true, &saml_settings()).await, Err(Error::InvalidField("name"))));
    })
    .await;
}

#[tokio::test]
async fn our_metadata_is_there_before_anybody_signs_in() {
    let rig = rig().await;
    let id = rig.add(saml_settings()).await;
    rig.change(&id, |_, enabled| *enabled = false).await;
    let metadata = rig.identity.own_metadata(&rig.acme, &id).await.unwrap();
    assert!(metadata.contains(&format!("https://insights.test.example/sso/{id}/acs")));
    let oidc = rig.add(oidc_settings()).await;
    for nothing in ["unknown", oidc.as_str()] {
        assert!(rig.identity.own_metadata(&rig.acme, nothing).await.is_err());
    }
    let offered = rig.identity.sign_in_connections(&rig.acme).await.unwrap();
    assert_eq!(
        offered.iter().map(|(id, _, kind)| (id.as_str(), *kind)).collect::<Vec<_>>(),
        [(oidc.as_str(), "oidc")],
        "only what is switched on"
    );
}

#[tokio::test]
async fn a_dry_run_says_what_a_login_would_give_and_changes_nothing() {
    let rig = rig().await;
    let id = rig.add(saml_settings()).await;
    rig.manage(async |grant| {
        let roles = vec!["wfo.data_auditor".to_owned()];
        rig.identity.create_group(grant, "Auditors", &roles, &Default::default()).await.unwrap();
    })
    .await;
    let attributes = crate::saml_provider::attribute("email", &["alice@test.example"])
        + &crate::saml_provider::attribute("roles", &["supervisor", "wfo.made_up"])
        + &crate::saml_provider::attribute("groups", &["Auditors", "Everyone"])
        + &crate::saml_provider::attribute("market", &["CZ", "SK"]);
    let good = Words { attributes, ..words(&id, "_any") }.signed();
    let run = async |text: String, at_ms: i64| {
        rig.manage(async |grant| rig.identity.dry_run(grant, &id, DryRunInput::Response { text, at_ms }).await.unwrap()).await
    };
    for text in [good.clone(), saml_rs::binding::base64_encode(good.as_bytes())] {
        let would = run(text, NOW_MS).await;
        let gets = would.provision.unwrap();
        assert_eq!((would.refused, would.person.is_none(), would.conflict), (None, true, None));
        assert_eq!(gets.roles, ["supervisor", "wfo.made_up", "wfo.data_auditor"]);
        assert_eq!(
            (gets.unknown_roles.join(""), gets.unknown_groups.join(""), gets.attributes["market"].len()),
            ("wfo.made_up".into(), "Everyone".into(), 2)
        );
        assert!(would.rights.unwrap().unwrap().export_calls);
    }
    assert_eq!(run(good.replace("made_up", "full_access"), NOW_MS).await.refused, Some("saml_signature"));
    assert!(run(good.clone(), NOW_MS + 3_600_000).await.refused.is_some(), "it is over by then");
    assert!(rig.person("alice@test.example").await.is_none());
    // The same response still opens the door: the dry run did not use it.
    rig.change(&id, |settings, _| saml_of(settings).certificates.push(NEXT.1.into())).await;
    let visit = rig.visit(&id, None).await;
    run(visit.words.signed(), NOW_MS).await;
    rig.post(&id, &visit, &visit.words.signed()).await.unwrap();
    let known = run(visit.words.signed(), NOW_MS).await;
    assert_eq!(known.person, rig.person("alice@test.example").await.map(|alice| alice.id));

    let oidc = rig.add(oidc_settings()).await;
    let claims = json!({"sub": "x", "email": "boss", "roles": "agent"});
    let would = rig
        .manage(async |grant| rig.identity.dry_run(grant, &oidc, DryRunInput::Claims(claims.as_object().unwrap().clone())).await.unwrap())
        .await;
    assert_eq!((would.conflict, would.rights.unwrap().is_err()), (Some("account_exists"), true));
}
