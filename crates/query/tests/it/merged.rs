//! Files that were merged: nobody sees it, whether parts of the former ones stand in or the merged one is packed.

use crate::support::{Rows, World, now, one, person, policy, rows_of, run, scope, segment, settings};
use parclose_access::OpCtx;
use parclose_query::{Batch, Engine};
use serde_json::{Value as Json, json};

fn rows() -> Rows {
    let segment = |n: usize| {
        segment(json!({"kind": "Conversation", "abandoned": "No", "queue": (["Calls", "Chats", "Mails"][n % 3]), "segment_id": format!("s{n}"),
            "conversation_id": format!("c{}", n % 17), "talk_time": n, "segment_start": format!("2026-11-0{}T10:00:00Z", n % 3 + 1)}))
    };
    Rows { segments: (0..60).map(segment).collect(), ..Rows::default() }
}

async fn by_queue(engine: &Engine) -> Json {
    let metrics = json!([{"metric": "talk_time"}, {"metric": "conversations"}, {"metric": "segments"}]);
    let batch = one(json!({"data_set": "conversations", "metrics": metrics, "attributes": ["queue"]}));
    let batch: Batch = serde_json::from_value(batch).unwrap();
    let caller = person(&[]);
    let ctx = OpCtx::new(&caller, "r1", now());
    rows_of(&engine.batch(&scope(&ctx, &policy(None)), &settings(), now(), &batch).await.unwrap())
}

#[test]
fn parts_of_former_files_stand_in_until_the_merged_one_is_packed() {
    run(async {
        let world = World::new(&rows()).await;
        let expected = by_queue(&world.engine()).await;
        assert_eq!(expected[0], json!(["Mails", (0..60).filter(|n| n % 3 == 2).sum::<i32>(), 17, 20]));
        let engine = world.packed(&["queue"]);
        assert_eq!(by_queue(&engine).await, expected);
        assert!(engine.prepare(), "nothing stood in for the merged file");
        assert!(!engine.prepare(), "it is packed once");
        assert_eq!(by_queue(&engine).await, expected);
        engine.catch_up();
        assert!(!engine.prepare());
        assert_eq!(by_queue(&engine).await, expected);
        let (packed, lake) = engine.packed_answers();
        assert!(packed >= 3 && lake == 0, "the lake was asked {lake} times");
    });
}
