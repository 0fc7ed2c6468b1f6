//! Codes by time, codes on paper.

use crate::rig::{MINUTE, NOW, PASSWORD, Rig, code_at, peer, started};
use parclose_access::{OpCtx, Refusal};
use parclose_identity::{Error, FactorsChanged, SignedIn};

/// Turns codes on for a person who has none; gives the secret and the codes on paper.
async fn enrol(rig: &Rig, login: &str, now: i64) -> (SignedIn, String, FactorsChanged) {
    let signed_in = rig.signed_in(login, now).await;
    let ctx = OpCtx::new(&signed_in.caller, "r", now);
    let offer = rig.identity.begin_totp(&ctx, PASSWORD, peer()).await.unwrap();
    assert!(
        offer.uri.starts_with("otpauth://totp/Parclose%20Workspace:") && offer.uri.contains(&offer.secret) && offer.svg.contains("<svg")
    );
    let changed = rig.identity.confirm_totp(&ctx, &code_at(&offer.secret, now), peer()).await.unwrap();
    (signed_in, offer.secret, changed)
}

#[tokio::test]
async fn a_code_is_asked_for_after_the_password_and_each_is_good_once() {
    let rig = started().await;
    rig.add("dina").await;
    let other = rig.signed_in("dina", NOW).await;
    let (old, secret, changed) = enrol(&rig, "dina", NOW).await;
    assert!(
        !rig.is_alive(other.token.secret(), NOW + 1).await && !rig.is_alive(old.token.secret(), NOW + 1).await,
        "old tokens open nothing"
    );
    assert!(rig.is_alive(changed.renewed.token.secret(), NOW + 1).await, "this session goes on");
    assert_eq!(changed.recovery_codes.unwrap().len(), 10);

    let step = rig.at_second_step("dina", NOW + 2).await;
    assert_eq!((step.totp, step.passkey, step.seconds), (true, false, 300));
    // The code that turned it on is spent, and so is the one before it.
    for spent in [code_at(&secret, NOW), code_at(&secret, NOW - 30_000)] {
        assert!(matches!(rig.code(&step, &spent, NOW + 3).await, Err(Error::WrongCode)));
    }
    let next = code_at(&secret, NOW + 30_000);
    let signed_in = rig.code(&step, &format!("{} {}", &next[..3], &next[3..]), NOW + 30_000).await.unwrap();
    assert!(rig.is_alive(signed_in.token.secret(), NOW + 30_001).await);
    assert!(
        matches!(rig.code(&step, &code_at(&secret, NOW + 60_000), NOW + 60_000).await, Err(Error::SignInFailed)),
        "a step is good once"
    );
    let again = rig.at_second_step("dina", NOW + 31_000).await;
    assert!(matches!(rig.code(&again, &next, NOW + 31_001).await, Err(Error::WrongCode)), "a code is good once");
    assert_eq!(rig.last_words(3).await, ["wrong_code", "second_factor_asked", "signed_in"]);
}

#[tokio::test]
async fn a_step_has_five_tries_and_five_minutes_and_is_one_browsers() {
    let rig = started().await;
    rig.add("dina").await;
    let (_, secret, _) = enrol(&rig, "dina", NOW).await;
    let right = |now: i64| code_at(&secret, now);
    let late = NOW + 6 * MINUTE;
    let step = rig.at_second_step("dina", NOW + MINUTE).await;
    assert!(matches!(rig.code(&step, &right(late), late).await, Err(Error::SignInFailed)), "over");
    let step = rig.at_second_step("dina", late).await;
    for browser in [None, Some(""), Some("a-secret-of-another-browser")] {
        let foreign = rig.identity.sign_in_with_code(rig.step(browser, late), &right(late)).await;
        assert!(matches!(foreign, Err(Error::SignInFailed)), "{browser:?}");
    }
    for _ in 0..5 {
        assert!(matches!(rig.code(&step, "000000", late).await, Err(Error::WrongCode)));
    }
    assert!(matches!(rig.code(&step, &right(late), late).await, Err(Error::SignInFailed)), "no tries left");
}

#[tokio::test]
async fn who_knows_the_password_can_not_guess_codes_without_end() {
    let rig = started().await;
    rig.add("dina").await;
    enrol(&rig, "dina", NOW).await;
    let (mut tries, mut now) = (0, NOW + MINUTE);
    // A right password in between does not clear what was counted.
    'guessing: for _ in 0..10 {
        let step = match rig.enter("dina", PASSWORD, now).await {
            Ok(parclose_identity::Entrance::Factor(step)) => step,
            Err(Error::TooManyAttempts { .. }) => break,
            other => panic!("{other:?}"),
        };
        for _ in 0..4 {
            now += 1;
            match rig.code(&step, "000000", now).await {
                Err(Error::WrongCode) => tries += 1,
                Err(Error::TooManyAttempts { .. }) => break 'guessing,
                other => panic!("{other:?}"),
            }
        }
    }
    assert!((4..=9).contains(&tries), "{tries}");
}

#[tokio::test]
async fn of_many_who_send_one_code_at_once_one_comes_in() {
    let rig = started().await;
    rig.add("dina").await;
    let (_, secret, _) = enrol(&rig, "dina", NOW).await;
    let now = NOW + MINUTE;
    let (one, other) = (rig.at_second_step("dina", now).await, rig.at_second_step("dina", now).await);
    let code = code_at(&secret, now);
    let (first, second, third) = tokio::join!(rig.code(&one, &code, now), rig.code(&other, &code, now), rig.code(&one, &code, now));
    let came_in = [&first, &second, &third].iter().filter(|done| done.is_ok()).count();
    assert_eq!(came_in, 1);
}

#[tokio::test]
async fn codes_on_paper_work_once_each_and_new_ones_replace_them() {
    let rig = started().await;
    rig.add("dina").await;
    rig.add("eva").await;
    let (_, _, changed) = enrol(&rig, "dina", NOW).await;
    enrol(&rig, "eva", NOW).await;
    let codes = changed.recovery_codes.unwrap();
    let now = NOW + MINUTE;
    let evas = rig.at_second_step("eva", now).await;
    assert!(matches!(rig.code(&evas, &codes[0], now).await, Err(Error::WrongCode)), "a code is one person's");
    let step = rig.at_second_step("dina", now).await;
    let signed_in = rig.code(&step, &codes[0].to_uppercase(), now).await.unwrap();
    let step = rig.at_second_step("dina", now).await;
    assert!(matches!(rig.code(&step, &codes[0], now).await, Err(Error::WrongCode)));
    let ctx = OpCtx::new(&signed_in.caller, "r", now);
    assert_eq!(rig.identity.own_factors(&ctx).await.unwrap().recovery_codes_left, 9);
    assert!(matches!(rig.identity.renew_recovery_codes(&ctx, "guess", peer()).await, Err(Error::WrongPassword)));
    let fresh = rig.identity.renew_recovery_codes(&ctx, PASSWORD, peer()).await.unwrap().recovery_codes.unwrap();
    let step = rig.at_second_step("dina", now + 1).await;
    assert!(matches!(rig.code(&step, &codes[1], now + 1).await, Err(Error::WrongCode)), "the old ones are gone");
    assert!(rig.code(&step, &fresh[9], now + 1).await.is_ok());
}

#[tokio::test]
async fn turning_it_on_and_off_needs_the_password_and_a_code() {
    let rig = started().await;
    rig.add("dina").await;
    let signed_in = rig.signed_in("dina", NOW).await;
    let ctx = OpCtx::new(&signed_in.caller, "r", NOW);
    assert!(matches!(rig.identity.begin_totp(&ctx, "guess", peer()).await, Err(Error::WrongPassword)));
    assert!(matches!(rig.identity.confirm_totp(&ctx, "123456", peer()).await, Err(Error::Refused(Refusal::NotFound))), "nothing was begun");
    let first = rig.identity.begin_totp(&ctx, PASSWORD, peer()).await.unwrap();
    let second = rig.identity.begin_totp(&ctx, PASSWORD, peer()).await.unwrap();
    assert_ne!(first.secret, second.secret);
    assert!(matches!(rig.identity.confirm_totp(&ctx, &code_at(&first.secret, NOW), peer()).await, Err(Error::WrongCode)), "replaced");
    rig.signed_in("dina", NOW).await;
    let done = rig.identity.confirm_totp(&ctx, &code_at(&second.secret, NOW), peer()).await.unwrap();
    assert!(matches!(
        rig.identity.confirm_totp(&ctx, &code_at(&second.secret, NOW + 30_000), peer()).await,
        Err(Error::Refused(Refusal::NotFound))
    ));

    let now = NOW + MINUTE;
    let caller = rig.identity.caller_from_session(done.renewed.token.secret(), now).await.unwrap().unwrap().caller;
    let ctx = OpCtx::new(&caller, "r", now);
    assert!(matches!(rig.identity.begin_totp(&ctx, PASSWORD, peer()).await, Err(Error::FactorThere)), "on already");
    let code = code_at(&second.secret, now);
    assert!(matches!(rig.identity.remove_totp(&ctx, "guess", &code, peer()).await, Err(Error::WrongPassword)));
    assert!(matches!(rig.identity.remove_totp(&ctx, PASSWORD, "000000", peer()).await, Err(Error::WrongCode)));
    rig.identity.remove_totp(&ctx, PASSWORD, &code, peer()).await.unwrap();
    assert!(!rig.is_alive(done.renewed.token.secret(), now).await, "a new token here too");
    let back = rig.signed_in("dina", now).await;
    let own = rig.identity.own_factors(&OpCtx::new(&back.caller, "r", now)).await.unwrap();
    assert_eq!((own.totp_since_ms, own.recovery_codes_left), (None, 0), "codes on paper go with the last factor");
}

#[tokio::test]
async fn in_an_open_session_codes_can_not_be_guessed_without_end_either() {
    let rig = started().await;
    rig.add("dina").await;
    let (_, secret, changed) = enrol(&rig, "dina", NOW).await;
    let now = NOW + MINUTE;
    let caller = rig.identity.caller_from_session(changed.renewed.token.secret(), now).await.unwrap().unwrap().caller;
    let ctx = OpCtx::new(&caller, "r", now);
    for _ in 0..10 {
        assert!(matches!(rig.identity.remove_totp(&ctx, PASSWORD, "000000", peer()).await, Err(Error::WrongCode)));
    }
    let right = rig.identity.remove_totp(&ctx, PASSWORD, &code_at(&secret, now), peer()).await;
    assert!(matches!(right, Err(Error::TooManyAttempts { .. })), "the right password clears nothing of that");
}

#[tokio::test]
async fn administrators_take_factors_away_and_sessions_end() {
    let rig = started().await;
    let id = rig.add("dina").await;
    let (_, _, changed) = enrol(&rig, "dina", NOW).await;
    let waiting = rig.at_second_step("dina", NOW).await;
    rig.people(NOW, async |grant| {
        rig.identity.remove_factors_of(grant, &id).await.unwrap();
        assert!(matches!(rig.identity.remove_factors_of(grant, &id).await, Err(Error::Refused(Refusal::NotFound))), "nothing left to take");
        assert!(!rig.identity.find_person(grant, &id).await.unwrap().has_factor);
    })
    .await;
    assert_eq!(rig.last_words(1).await, ["factors_removed"]);
    assert!(!rig.is_alive(changed.renewed.token.secret(), NOW).await);
    let codes = changed.recovery_codes.unwrap();
    assert!(matches!(rig.code(&waiting, &codes[0], NOW).await, Err(Error::SignInFailed)), "what waited is over");
    rig.signed_in("dina", NOW).await;
}

#[tokio::test]
async fn where_a_factor_is_required_nothing_opens_before_it_is_there() {
    let settings = parclose_model::WorkspaceSettings { second_factor_required: true, ..Default::default() };
    let rig = crate::rig::empty(settings).await;
    rig.identity.ensure_first_administrator(&rig.acme, "boss", PASSWORD, 0).await.unwrap();
    let boss = rig.signed_in("boss", NOW).await;
    assert!(rig.identity.caller_from_session(boss.token.secret(), NOW).await.unwrap().unwrap().factor_due);
    let (_, _, changed) = enrol(&rig, "boss", NOW).await;
    assert!(!rig.identity.caller_from_session(changed.renewed.token.secret(), NOW).await.unwrap().unwrap().factor_due);
}

#[tokio::test]
async fn sessions_last_as_long_as_the_workspace_says() {
    let settings = parclose_model::WorkspaceSettings { session_idle_minutes: 5, session_hours: 1, ..Default::default() };
    let rig = crate::rig::empty(settings).await;
    rig.identity.ensure_first_administrator(&rig.acme, "boss", PASSWORD, 0).await.unwrap();
    let boss = rig.signed_in("boss", NOW).await;
    assert_eq!(boss.expires_ms, NOW + 60 * MINUTE);
    for minute in (4..60).step_by(4) {
        assert!(rig.is_alive(boss.token.secret(), NOW + minute * MINUTE).await, "{minute}");
    }
    assert!(!rig.is_alive(boss.token.secret(), NOW + 60 * MINUTE).await, "too old");
    let idle = rig.signed_in("boss", NOW).await;
    assert!(!rig.is_alive(idle.token.secret(), NOW + 5 * MINUTE).await, "idle");
}
