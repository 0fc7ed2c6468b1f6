//! Passkeys: alone, as a second factor, and everything that is none.

use crate::rig::{Authenticator, MINUTE, NOW, PASSWORD, Rig, peer, started};
use parclose_access::{OpCtx, Refusal};
use parclose_identity::{Error, FactorsChanged, SignedIn};
use serde_json::Value;

/// Makes a passkey for a person without a second factor.
async fn register(rig: &Rig, login: &str, key: &mut Authenticator) -> FactorsChanged {
    let signed_in = rig.signed_in(login, NOW).await;
    let ctx = OpCtx::new(&signed_in.caller, "r", NOW);
    let options = rig.identity.begin_passkey(&ctx, PASSWORD, peer()).await.unwrap().into_json();
    assert_eq!(options["rp"]["id"], "insights.acme.example");
    assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    rig.identity.add_passkey(&ctx, "Work laptop", key.make(&options)).await.unwrap()
}

/// A challenge of its own, and what the browser keeps.
async fn challenge(rig: &Rig, now: i64) -> (Value, String) {
    let begun = rig.identity.begin_passkey_sign_in(rig.step(None, now)).await.unwrap();
    (begun.options.into_json(), begun.browser.unwrap())
}

async fn alone(rig: &Rig, browser: &str, credential: Value, now: i64) -> Result<SignedIn, Error> {
    rig.identity.sign_in_with_passkey(rig.step(Some(browser), now), credential).await
}

#[tokio::test]
async fn a_passkey_opens_alone_and_after_the_password() {
    let rig = started().await;
    rig.add("dina").await;
    let mut key = Authenticator::new(b"key-of-dina-0001");
    let made = register(&rig, "dina", &mut key).await;
    assert_eq!(made.recovery_codes.as_ref().map(Vec::len), Some(10), "a lost passkey needs a way back");
    let (options, browser) = challenge(&rig, NOW).await;
    assert_eq!((options["allowCredentials"].as_array().map(Vec::len), &options["userVerification"]), (Some(0), &"required".into()));
    let signed_in = alone(&rig, &browser, key.answer(&options), NOW + 1).await.unwrap();
    assert_eq!(signed_in.caller.login(), "dina");
    assert_eq!(rig.last_words(1).await, ["signed_in"]);

    let step = rig.at_second_step("dina", NOW + 2).await;
    assert_eq!((step.totp, step.passkey), (false, true));
    let begun = rig.identity.begin_passkey_sign_in(rig.step(Some(&step.browser), NOW + 3)).await.unwrap();
    assert!(begun.browser.is_none(), "the cookie of the step stays");
    let options = begun.options.into_json();
    assert_eq!(options["allowCredentials"].as_array().map(Vec::len), Some(1));
    let after = alone(&rig, &step.browser, key.answer(&options), NOW + 4).await.unwrap();
    let own = rig.identity.own_factors(&OpCtx::new(&after.caller, "r", NOW + 5)).await.unwrap();
    assert_eq!(own.passkeys.iter().map(|one| (one.name.as_str(), one.last_used_ms)).collect::<Vec<_>>(), [("Work laptop", Some(NOW + 4))]);
}

#[tokio::test]
async fn what_is_no_answer_to_this_challenge_is_refused_with_one_word_to_the_stranger() {
    let rig = started().await;
    rig.add("dina").await;
    let mut key = Authenticator::new(b"key-of-dina-0001");
    register(&rig, "dina", &mut key).await;
    let mut tries = 0;
    let mut refused = async |rig: &Rig, change: &dyn Fn(&mut Authenticator, &Value) -> Value, reason: &str| {
        let now = NOW + MINUTE + tries;
        tries += 1;
        let (options, browser) = challenge(rig, now).await;
        let answer = change(&mut key, &options);
        assert!(matches!(alone(rig, &browser, answer, now).await, Err(Error::SignInFailed)), "{reason}");
        assert_eq!(rig.last_words(1).await, [reason]);
    };
    refused(
        &rig,
        &|key, options| {
            key.origin = "https://insights.acme.example.evil.example".into();
            let answer = key.answer(options);
            key.origin = crate::rig::ORIGIN.into();
            answer
        },
        "passkey_origin",
    )
    .await;
    refused(
        &rig,
        &|key, options| {
            key.rp_id = "evil.example".into();
            let answer = key.answer(options);
            key.rp_id = "insights.acme.example".into();
            answer
        },
        "passkey_other_site",
    )
    .await;
    refused(
        &rig,
        &|key, options| {
            let mut other = options.clone();
            other["challenge"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".into();
            key.answer(&other)
        },
        "passkey_challenge",
    )
    .await;
    refused(
        &rig,
        &|key, options| {
            key.flags = 0x01;
            let answer = key.answer(options);
            key.flags = 0x05;
            answer
        },
        "passkey_not_verified",
    )
    .await;
    refused(
        &rig,
        &|key, options| {
            let mut answer = key.answer(options);
            let signature = answer["response"]["signature"].as_str().unwrap().to_owned();
            let other = if &signature[40..41] == "A" { "Q" } else { "A" };
            answer["response"]["signature"] = format!("{}{other}{}", &signature[..40], &signature[41..]).into();
            answer
        },
        "passkey_signature",
    )
    .await;
    refused(
        &rig,
        &|key, options| {
            let mut answer = key.answer(options);
            answer["rawId"] = "dW5rbm93bg".into();
            answer
        },
        "passkey_unknown",
    )
    .await;
    refused(
        &rig,
        &|key, options| {
            let mut answer = key.answer(options);
            answer["response"].as_object_mut().unwrap().remove("userHandle");
            answer
        },
        "passkey_unknown",
    )
    .await;
    refused(
        &rig,
        &|key, options| {
            let mut answer = key.answer(options);
            answer["response"]["userHandle"] = "c29tZWJvZHkgZWxzZSBlbnRpcmVseQ".into();
            answer
        },
        "passkey_of_another",
    )
    .await;
    // Another authenticator that claims the id of this one.
    refused(
        &rig,
        &|key, options| {
            let mut forged = Authenticator::new(b"key-of-dina-0001");
            forged.user = key.user.clone();
            forged.counter = 1_000;
            forged.answer(options)
        },
        "passkey_signature",
    )
    .await;
    for nonsense in [Value::Null, serde_json::json!({}), serde_json::json!({"rawId": 5})] {
        refused(&rig, &|_, _| nonsense.clone(), "passkey_unreadable").await;
    }
    // The right one still opens.
    let now = NOW + 2 * MINUTE;
    let (options, browser) = challenge(&rig, now).await;
    assert!(alone(&rig, &browser, key.answer(&options), now).await.is_ok());
}

#[tokio::test]
async fn a_challenge_is_good_once_for_five_minutes_and_in_one_browser() {
    let rig = started().await;
    rig.add("dina").await;
    let mut key = Authenticator::new(b"key-of-dina-0001");
    register(&rig, "dina", &mut key).await;
    let (options, browser) = challenge(&rig, NOW).await;
    let answer = key.answer(&options);
    assert!(matches!(alone(&rig, "another browser", answer.clone(), NOW).await, Err(Error::SignInFailed)));
    assert!(alone(&rig, &browser, answer.clone(), NOW).await.is_ok());
    assert!(matches!(alone(&rig, &browser, answer.clone(), NOW).await, Err(Error::SignInFailed)), "replay");
    let (_, fresh) = challenge(&rig, NOW).await;
    assert!(matches!(alone(&rig, &fresh, answer, NOW).await, Err(Error::SignInFailed)), "replay to a new challenge");
    let (options, browser) = challenge(&rig, NOW).await;
    let late = key.answer(&options);
    assert!(matches!(alone(&rig, &browser, late, NOW + 5 * MINUTE).await, Err(Error::SignInFailed)), "over");
}

#[tokio::test]
async fn a_copy_of_a_passkey_is_noticed() {
    let rig = started().await;
    rig.add("dina").await;
    let mut key = Authenticator::new(b"key-of-dina-0001");
    register(&rig, "dina", &mut key).await;
    let (options, browser) = challenge(&rig, NOW).await;
    assert!(alone(&rig, &browser, key.answer(&options), NOW).await.is_ok());
    let (options, browser) = challenge(&rig, NOW).await;
    // The counter stands where the other one was.
    assert!(matches!(alone(&rig, &browser, key.answer_again(&options), NOW).await, Err(Error::SignInFailed)));
    assert_eq!(rig.last_words(1).await, ["passkey_counter"]);
}

#[tokio::test]
async fn a_passkey_of_another_is_no_second_factor_and_tries_are_counted() {
    let rig = started().await;
    rig.add("dina").await;
    rig.add("eva").await;
    let (mut dinas, mut evas) = (Authenticator::new(b"key-of-dina-0001"), Authenticator::new(b"key-of-eva-00001"));
    register(&rig, "dina", &mut dinas).await;
    register(&rig, "eva", &mut evas).await;
    let step = rig.at_second_step("dina", NOW).await;
    for turn in 0..5 {
        let begun = rig.identity.begin_passkey_sign_in(rig.step(Some(&step.browser), NOW)).await.unwrap();
        let refused = alone(&rig, &step.browser, evas.answer(&begun.options.into_json()), NOW).await;
        assert!(matches!(refused, Err(Error::PasskeyRefused)), "{turn}");
    }
    let begun = rig.identity.begin_passkey_sign_in(rig.step(Some(&step.browser), NOW)).await.unwrap();
    let answer = dinas.answer(&begun.options.into_json());
    assert!(matches!(alone(&rig, &step.browser, answer, NOW).await, Err(Error::SignInFailed)), "no tries left");
}

#[tokio::test]
async fn making_and_removing_one_needs_the_password_and_the_sessions_own_challenge() {
    let rig = started().await;
    rig.add("dina").await;
    let mut key = Authenticator::new(b"key-of-dina-0001");
    let signed_in = rig.signed_in("dina", NOW).await;
    let ctx = OpCtx::new(&signed_in.caller, "r", NOW);
    assert!(matches!(rig.identity.begin_passkey(&ctx, "guess", peer()).await, Err(Error::WrongPassword)));
    let options = rig.identity.begin_passkey(&ctx, PASSWORD, peer()).await.unwrap().into_json();
    let credential = key.make(&options);
    // Another session has not asked.
    let other = rig.signed_in("dina", NOW).await;
    let elsewhere = rig.identity.add_passkey(&OpCtx::new(&other.caller, "r", NOW), "x", credential.clone()).await;
    assert!(matches!(elsewhere, Err(Error::PasskeyRefused)));
    key.origin = "https://evil.example".into();
    let foreign = key.make(&options);
    assert!(matches!(rig.identity.add_passkey(&ctx, "x", foreign).await, Err(Error::PasskeyRefused)));
    assert_eq!(rig.last_words(1).await, ["passkey_origin"]);
    assert!(matches!(rig.identity.add_passkey(&ctx, "x", credential).await, Err(Error::PasskeyRefused)), "the challenge is spent");
    key.origin = crate::rig::ORIGIN.into();
    for name in ["", "  ", "a\nb", &"x".repeat(61)] {
        assert!(matches!(rig.identity.add_passkey(&ctx, name, Value::Null).await, Err(Error::InvalidField("name"))));
    }
    let made = register(&rig, "dina", &mut key).await;
    let caller = rig.identity.caller_from_session(made.renewed.token.secret(), NOW).await.unwrap().unwrap().caller;
    let ctx = OpCtx::new(&caller, "r", NOW);
    // The same one for somebody else: the first keeps it.
    rig.add("eva").await;
    let eva = rig.signed_in("eva", NOW).await;
    let evas = OpCtx::new(&eva.caller, "r", NOW);
    let options = rig.identity.begin_passkey(&evas, PASSWORD, peer()).await.unwrap().into_json();
    assert!(matches!(rig.identity.add_passkey(&evas, "x", key.make(&options)).await, Err(Error::PasskeyRefused)));
    let own = rig.identity.own_factors(&ctx).await.unwrap();
    let id = &own.passkeys[0].id;
    assert!(matches!(rig.identity.remove_passkey(&ctx, id, "guess", peer()).await, Err(Error::WrongPassword)));
    assert!(matches!(rig.identity.remove_passkey(&evas, id, PASSWORD, peer()).await, Err(Error::Refused(Refusal::NotFound))), "not hers");
    rig.identity.remove_passkey(&ctx, id, PASSWORD, peer()).await.unwrap();
    rig.signed_in("dina", NOW).await;
}

#[tokio::test]
async fn who_left_stays_out() {
    let rig = started().await;
    let id = rig.add("dina").await;
    let mut key = Authenticator::new(b"key-of-dina-0001");
    register(&rig, "dina", &mut key).await;
    let gone = parclose_catalog::PersonChange { active: Some(false), ..Default::default() };
    rig.people(NOW, async |grant| rig.identity.change_person(grant, &id, gone).await.unwrap()).await;
    let (options, browser) = challenge(&rig, NOW).await;
    assert!(matches!(alone(&rig, &browser, key.answer(&options), NOW).await, Err(Error::SignInFailed)));
    assert_eq!(rig.last_words(1).await, ["passkey_not_active"]);
}
