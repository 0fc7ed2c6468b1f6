//! Password links and the set-up link.

use crate::rig::{MINUTE, NOW, PASSWORD, Rig, empty, started};
use parclose_access::Refusal;
use parclose_catalog::PersonChange;
use parclose_identity::{Entrance, Error, FirstPerson, PasswordRefused};
use parclose_model::{PersonId, WorkspaceId, WorkspaceSettings};

const NEW: &str = "seven green onions";
const DAY: i64 = 24 * 60 * MINUTE;

async fn link(rig: &Rig, id: &PersonId, now: i64) -> String {
    let made = rig.people(now, async |grant| rig.identity.make_password_link(grant, id).await.unwrap()).await;
    assert!(!format!("{made:?}").contains(made.secret()) && made.secret().len() == 43 && made.expires_ms == now + DAY);
    made.secret().to_owned()
}

async fn reset(rig: &Rig, secret: &str, password: &str, now: i64) -> Result<(), Error> {
    rig.identity.reset_password(&rig.acme, secret, password, "r", now).await
}

#[tokio::test]
async fn a_link_gives_a_new_password_once_and_signs_nobody_in() {
    let rig = started().await;
    let id = rig.add("dina").await;
    let open = rig.signed_in("dina", NOW).await;
    let secret = link(&rig, &id, NOW).await;
    let whose = rig.identity.read_password_link(&rig.acme, &secret, NOW).await.unwrap();
    assert_eq!((whose.login.as_str(), whose.name.as_str()), ("dina", "Dina Novak"));
    assert!(rig.is_alive(open.token.secret(), NOW).await, "nothing happened yet");
    for weak in ["short", "password1234"] {
        assert!(matches!(reset(&rig, &secret, weak, NOW).await, Err(Error::PasswordRefused(_))), "{weak}");
    }
    reset(&rig, &secret, NEW, NOW).await.unwrap();
    assert_eq!(rig.last_words(1).await, ["password_reset"]);
    assert!(!rig.is_alive(open.token.secret(), NOW).await, "all sessions end");
    assert!(matches!(reset(&rig, &secret, "nine blue candles", NOW).await, Err(Error::LinkNotValid)), "once");
    assert!(rig.enter("dina", PASSWORD, NOW).await.is_err());
    let Entrance::Open(signed_in) = rig.enter("dina", NEW, NOW).await.unwrap() else { panic!("no factor") };
    assert!(!rig.identity.caller_from_session(signed_in.token.secret(), NOW).await.unwrap().unwrap().password_due, "it is their own");
}

#[tokio::test]
async fn a_link_is_over_after_a_day_a_new_one_a_new_password_or_when_its_person_leaves() {
    let rig = started().await;
    let id = rig.add("dina").await;
    let valid = async |secret: &str, now: i64| rig.identity.read_password_link(&rig.acme, secret, now).await.is_ok();
    let first = link(&rig, &id, NOW).await;
    assert!(valid(&first, NOW + DAY - 1).await && !valid(&first, NOW + DAY).await);
    let second = link(&rig, &id, NOW).await;
    assert!(!valid(&first, NOW).await && valid(&second, NOW).await, "the newest holds");
    rig.people(NOW, async |grant| rig.identity.set_password(grant, &id, "an administrator's choice").await.unwrap()).await;
    assert!(!valid(&second, NOW).await, "a new password");
    let third = link(&rig, &id, NOW).await;
    for active in [false, true] {
        rig.people(NOW, async |grant| {
            rig.identity.change_person(grant, &id, PersonChange { active: Some(active), ..Default::default() }).await.unwrap()
        })
        .await;
        assert!(!valid(&third, NOW).await, "active: {active}");
    }
    let other = WorkspaceId::new("other");
    let fourth = link(&rig, &id, NOW).await;
    assert!(matches!(rig.identity.read_password_link(&other, &fourth, NOW).await, Err(Error::LinkNotValid)));
    for wrong in ["", "x", &fourth[1..]] {
        assert!(matches!(reset(&rig, wrong, NEW, NOW).await, Err(Error::LinkNotValid)), "{wrong}");
    }
}

#[tokio::test]
async fn of_two_who_use_a_link_at_once_one_wins() {
    let rig = started().await;
    let id = rig.add("dina").await;
    let secret = link(&rig, &id, NOW).await;
    let (one, other) = tokio::join!(reset(&rig, &secret, NEW, NOW), reset(&rig, &secret, "nine blue candles", NOW));
    assert_ne!(one.is_ok(), other.is_ok());
    let winner = if one.is_ok() { NEW } else { "nine blue candles" };
    assert!(rig.enter("dina", winner, NOW).await.is_ok());
}

#[tokio::test]
async fn the_command_line_helps_the_last_administrator_and_nobody_without_an_account() {
    let rig = started().await;
    let made = rig.identity.password_link_of_login(&rig.acme, "BOSS", NOW).await.unwrap();
    reset(&rig, made.secret(), NEW, NOW).await.unwrap();
    assert!(rig.enter("boss", NEW, NOW).await.is_ok());
    for (workspace, login) in [("acme", "nobody"), ("other", "boss")] {
        let refused = rig.identity.password_link_of_login(&WorkspaceId::new(workspace), login, NOW).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::NotFound))), "{workspace} {login}");
    }
}

fn first(login: &str, full_access: bool) -> FirstPerson<'_> {
    FirstPerson { login, name: "Ada Novak", password: PASSWORD, full_access }
}

#[tokio::test]
async fn whoever_has_the_set_up_link_makes_the_first_administrator_once() {
    let rig = empty(WorkspaceSettings::default()).await;
    let old = rig.identity.offer_set_up(&rig.acme, NOW).await.unwrap().unwrap();
    let secret = rig.identity.offer_set_up(&rig.acme, NOW).await.unwrap().unwrap();
    let set_up = async |secret: &str, person| rig.identity.set_up(&rig.acme, secret, person, "r", NOW).await;
    for wrong in [old.as_str(), "", "guess"] {
        assert!(matches!(set_up(wrong, first("ada@acme.example", true)).await, Err(Error::LinkNotValid)), "a new start replaces the link");
    }
    let weak = FirstPerson { password: "short", ..first("ada@acme.example", true) };
    assert!(matches!(set_up(&secret, weak).await, Err(Error::PasswordRefused(PasswordRefused::TooShort))));
    assert!(matches!(
        set_up(&secret, FirstPerson { name: " ", ..first("ada@acme.example", true) }).await,
        Err(Error::InvalidField("name"))
    ));
    set_up(&secret, first("ada@acme.example", true)).await.unwrap();
    assert_eq!(rig.last_words(1).await, ["first_administrator"]);
    let ada = rig.signed_in("ada@acme.example", NOW).await;
    assert_eq!(ada.caller.roles(), ["admin", "wfo.full_access"]);
    assert!(matches!(set_up(&secret, first("eve@acme.example", true)).await, Err(Error::LinkNotValid)));
    assert!(rig.identity.offer_set_up(&rig.acme, NOW).await.unwrap().is_none(), "there is an administrator");
}

#[tokio::test]
async fn who_does_not_want_to_see_everything_administers_and_sees_no_rows() {
    let rig = empty(WorkspaceSettings::default()).await;
    let secret = rig.identity.offer_set_up(&rig.acme, NOW).await.unwrap().unwrap();
    rig.identity.set_up(&rig.acme, &secret, first("ada", false), "r", NOW).await.unwrap();
    let ada = rig.signed_in("ada", NOW).await;
    let can = ada.caller.capabilities();
    assert!(can.administer && !can.play_calls && !can.export_calls && can.dashboards == parclose_access::Dashboards::None);
}

#[tokio::test]
async fn of_two_who_set_up_at_once_one_wins_and_a_demo_has_no_link() {
    let rig = empty(WorkspaceSettings::default()).await;
    let secret = rig.identity.offer_set_up(&rig.acme, NOW).await.unwrap().unwrap();
    let set_up = |login| rig.identity.set_up(&rig.acme, &secret, first(login, true), "r", NOW);
    let (one, other) = tokio::join!(set_up("ada"), set_up("eve"));
    assert_ne!(one.is_ok(), other.is_ok());
    let demo = empty(WorkspaceSettings { demo: true, ..Default::default() }).await;
    assert!(demo.identity.offer_set_up(&demo.acme, NOW).await.unwrap().is_none());
    // An administrator of the environment makes the link worthless.
    let rig = empty(WorkspaceSettings::default()).await;
    let secret = rig.identity.offer_set_up(&rig.acme, NOW).await.unwrap().unwrap();
    rig.identity.ensure_first_administrator(&rig.acme, "boss", PASSWORD, NOW).await.unwrap();
    assert!(matches!(rig.identity.set_up(&rig.acme, &secret, first("eve", true), "r", NOW).await, Err(Error::LinkNotValid)));
}
