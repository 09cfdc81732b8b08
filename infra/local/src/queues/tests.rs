//! The rules of the queues.

use std::sync::atomic::{AtomicI64, Ordering};

use super::*;

const QUEUE: QueueName = QueueName::Triage;

#[tokio::test]
async fn a_message_is_handed_out_once_while_it_is_in_flight() {
    let place = Place::new();
    let queues = place.open();
    queues.send_raw(QUEUE, vec!["un".into()]).await.unwrap();
    assert_eq!(queues.receive(QUEUE, 10).await.unwrap().len(), 1);
    assert!(queues.receive(QUEUE, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn messages_are_handed_out_in_the_order_of_their_arrival() {
    let place = Place::new();
    let queues = place.open();
    queues.send_raw(QUEUE, vec!["un".into(), "deux".into(), "trois".into()]).await.unwrap();
    let first: Vec<_> = queues.receive(QUEUE, 2).await.unwrap().into_iter().map(|it| it.body).collect();
    assert_eq!(first, ["un", "deux"]);
}

#[tokio::test]
async fn a_queue_does_not_hand_out_the_messages_of_another() {
    let place = Place::new();
    let queues = place.open();
    queues.send_raw(QUEUE, vec!["un".into()]).await.unwrap();
    assert!(queues.receive(QueueName::Carnet, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_message_not_deleted_comes_back_after_the_visibility_time_out() {
    let place = Place::new();
    let queues = place.open();
    queues.send_raw(QUEUE, vec!["un".into()]).await.unwrap();
    let first = queues.receive(QUEUE, 1).await.unwrap().remove(0);
    place.clock.advance(VISIBILITY);
    let second = queues.receive(QUEUE, 1).await.unwrap().remove(0);
    assert_eq!((first.attempts, second.attempts), (1, 2));
    assert_eq!(first.body, second.body);
}

#[tokio::test]
async fn an_old_receipt_neither_deletes_nor_releases_what_was_handed_out_again() {
    let place = Place::new();
    let queues = place.open();
    queues.send_raw(QUEUE, vec!["un".into()]).await.unwrap();
    let old = queues.receive(QUEUE, 1).await.unwrap().remove(0).receipt;
    place.clock.advance(VISIBILITY);
    queues.receive(QUEUE, 1).await.unwrap();
    assert!(!queues.delete(old).await.unwrap());
    assert!(!queues.release(old, Duration::zero()).await.unwrap());
    assert!(!queues.bury(old).await.unwrap());
}

#[tokio::test]
async fn a_deleted_message_never_comes_back() {
    let place = Place::new();
    let queues = place.open();
    queues.send_raw(QUEUE, vec!["un".into()]).await.unwrap();
    let receipt = queues.receive(QUEUE, 1).await.unwrap().remove(0).receipt;
    assert!(queues.delete(receipt).await.unwrap());
    place.clock.advance(Duration::days(30));
    assert!(queues.receive(QUEUE, 1).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_released_message_waits_for_its_delay() {
    let place = Place::new();
    let queues = place.open();
    queues.send_raw(QUEUE, vec!["un".into()]).await.unwrap();
    let receipt = queues.receive(QUEUE, 1).await.unwrap().remove(0).receipt;
    assert!(queues.release(receipt, Duration::seconds(10)).await.unwrap());
    assert_eq!(stats(&queues).await, Stats { delayed: 1, ..Stats::default() });
    assert!(queues.receive(QUEUE, 1).await.unwrap().is_empty());
    place.clock.advance(Duration::seconds(10));
    assert_eq!(queues.receive(QUEUE, 1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn after_five_receives_a_message_is_a_dead_letter() {
    let place = Place::new();
    let queues = place.open();
    queues.send_raw(QUEUE, vec!["poison".into()]).await.unwrap();
    for attempt in 1..=MAX_RECEIVES {
        let delivery = queues.receive(QUEUE, 1).await.unwrap().remove(0);
        assert_eq!(delivery.attempts, attempt);
        queues.release(delivery.receipt, Duration::zero()).await.unwrap();
    }
    assert!(queues.receive(QUEUE, 1).await.unwrap().is_empty());
    let dead = queues.dead_letters(QUEUE).await.unwrap();
    assert_eq!((dead[0].body.as_str(), dead[0].attempts), ("poison", MAX_RECEIVES));
    assert!(stats(&queues).await.is_quiet());
}

#[tokio::test]
async fn a_message_that_hangs_its_handler_ends_as_a_dead_letter_too() {
    let place = Place::new();
    let queues = place.open();
    queues.send_raw(QUEUE, vec!["poison".into()]).await.unwrap();
    for _ in 0..MAX_RECEIVES {
        assert_eq!(queues.receive(QUEUE, 1).await.unwrap().len(), 1);
        place.clock.advance(VISIBILITY);
    }
    assert!(queues.receive(QUEUE, 1).await.unwrap().is_empty());
    assert_eq!(stats(&queues).await.dead, 1);
}

#[tokio::test]
async fn an_unreadable_message_is_buried_at_once() {
    let place = Place::new();
    let queues = place.open();
    queues.send_raw(QUEUE, vec!["{".into()]).await.unwrap();
    let receipt = queues.receive(QUEUE, 1).await.unwrap().remove(0).receipt;
    assert!(queues.bury(receipt).await.unwrap());
    assert_eq!(stats(&queues).await, Stats { dead: 1, ..Stats::default() });
}

#[tokio::test]
async fn redriven_dead_letters_are_handed_out_with_a_fresh_count() {
    let place = Place::new();
    let queues = place.open();
    queues.send_raw(QUEUE, vec!["un".into()]).await.unwrap();
    let receipt = queues.receive(QUEUE, 1).await.unwrap().remove(0).receipt;
    queues.bury(receipt).await.unwrap();
    assert_eq!(queues.redrive(QUEUE).await.unwrap(), 1);
    assert_eq!(queues.receive(QUEUE, 1).await.unwrap()[0].attempts, 1);
}

#[tokio::test]
async fn what_was_in_flight_when_the_process_died_comes_back_at_once() {
    let place = Place::new();
    let queues = place.open();
    queues.send_raw(QUEUE, vec!["un".into(), "deux".into()]).await.unwrap();
    queues.receive(QUEUE, 1).await.unwrap();
    drop(queues);
    let queues = place.open();
    assert_eq!(stats(&queues).await, Stats { visible: 2, ..Stats::default() });
    let bodies: Vec<_> = queues.receive(QUEUE, 10).await.unwrap().into_iter().map(|it| it.body).collect();
    assert_eq!(bodies, ["un", "deux"]);
}

#[tokio::test]
async fn who_waits_for_an_arrival_is_woken() {
    let place = Place::new();
    let queues = place.open();
    let arrival = queues.arrival(QUEUE);
    queues.send_raw(QUEUE, vec!["un".into()]).await.unwrap();
    arrival.await;
}

#[tokio::test]
async fn queues_are_quiet_when_nothing_waits_nor_is_in_flight_dead_letters_aside() {
    let place = Place::new();
    let queues = place.open();
    assert!(queues.is_quiet().await.unwrap());
    queues.send_raw(QUEUE, vec!["un".into()]).await.unwrap();
    assert!(!queues.is_quiet().await.unwrap());
    let receipt = queues.receive(QUEUE, 1).await.unwrap().remove(0).receipt;
    assert!(!queues.is_quiet().await.unwrap(), "in flight");
    queues.release(receipt, Duration::seconds(10)).await.unwrap();
    assert!(!queues.is_quiet().await.unwrap(), "delayed");
    place.clock.advance(Duration::seconds(10));
    let receipt = queues.receive(QUEUE, 1).await.unwrap().remove(0).receipt;
    queues.bury(receipt).await.unwrap();
    assert!(queues.is_quiet().await.unwrap(), "dead");
}

#[tokio::test]
async fn what_a_hundred_send_and_receive_at_once_is_handed_out_once_each() {
    let place = Place::new();
    let queues = place.open();
    let sending = (0..100).map(|it| queues.send_raw(QUEUE, vec![it.to_string()]));
    futures::future::try_join_all(sending).await.unwrap();
    let receiving = (0..100).map(|_| queues.receive(QUEUE, 1));
    let handed = futures::future::try_join_all(receiving).await.unwrap();
    let mut bodies: Vec<u32> = handed.into_iter().flatten().map(|it| it.body.parse().unwrap()).collect();
    bodies.sort_unstable();
    assert_eq!(bodies, (0..100).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_is_on_its_way_can_be_seen() {
    let place = Place::new();
    let queues = place.open();
    queues.send_raw(QUEUE, vec!["un".into()]).await.unwrap();
    queues.receive(QUEUE, 1).await.unwrap();
    assert_eq!(queues.pending().await.unwrap(), [(QUEUE, "un".to_owned())]);
}

async fn stats(queues: &LocalQueues<HandClock>) -> Stats {
    let all = queues.stats().await.unwrap();
    all.into_iter().find(|(queue, _)| *queue == QUEUE).unwrap().1
}

struct Place {
    directory: tempfile::TempDir,
    clock: HandClock,
}

impl Place {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), clock: HandClock::default() }
    }

    fn open(&self) -> LocalQueues<HandClock> {
        LocalQueues::open(&self.directory.path().join("files.sqlite"), self.clock.clone()).unwrap()
    }
}

#[derive(Clone, Default)]
struct HandClock(Arc<AtomicI64>);

impl HandClock {
    fn advance(&self, by: Duration) {
        self.0.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_800_000_000_000 + self.0.load(Ordering::SeqCst)).unwrap()
    }
}
