//! What the cloud's scheduler does, under the clock that can be moved: relay, check, sweep.
//!
//! Moving the clock stops every day on the way when the hours open at which one may ring at somebody's, so that each day
//! gets its run and what waited for the morning leaves, and at the end.
//! It returns when everything due on the way has been done.

use std::sync::Arc;
use std::time::Duration as RealDuration;

use chrono::{DateTime, Days, Duration, TimeDelta, Utc};
use domain::Territory;
use domain::calendar::Hours;
use engine::ports::{Clock, PortError};
use engine::schedules::{check, relay, sweep};
use engine::{StepError, World};
use tokio::sync::Mutex;

use crate::clock::{ClockError, MovableClock};
use crate::queues::LocalQueues;
use crate::worker::until_quiet;

/// How often, in real time, the schedules are looked at.
const TICK: RealDuration = RealDuration::from_secs(15);
/// Between two relays, as in the cloud.
const RELAY: TimeDelta = TimeDelta::minutes(5);
/// Between two checks, as in the cloud.
const CHECK: TimeDelta = TimeDelta::hours(1);

/// A world on this machine.
pub trait LocalWorld: World<Clock = MovableClock, Queues = LocalQueues<MovableClock>> {}
impl<W: World<Clock = MovableClock, Queues = LocalQueues<MovableClock>>> LocalWorld for W {}

/// Runs what is due.
pub struct Schedules<W> {
    world: Arc<W>,
    /// Held while the schedules run: one run at a time.
    running: Mutex<Last>,
}

/// When each schedule last ran, by the moved clock.
#[derive(Clone, Copy)]
struct Last {
    relay: DateTime<Utc>,
    check: DateTime<Utc>,
}

impl<W: LocalWorld> Schedules<W> {
    /// The schedules of this world, all due.
    pub fn new(world: Arc<W>) -> Self {
        let never = Last { relay: DateTime::UNIX_EPOCH, check: DateTime::UNIX_EPOCH };
        Self { world, running: Mutex::new(never) }
    }

    /// Moves the clock to an instant, doing on the way what is due. An instant already passed is caught up again.
    /// Tells what the clock shows at the end.
    pub async fn move_to(&self, target: DateTime<Utc>) -> Result<DateTime<Utc>, ScheduleError> {
        let mut last = self.running.lock().await;
        // What an interrupted move left undone.
        self.run_all(&mut last).await?;
        while self.world.clock().now() < target {
            let stop = self.next_morning(self.world.clock().now()).min(target);
            self.world.clock().move_to(stop)?;
            self.run_all(&mut last).await?;
        }
        Ok(self.world.clock().now())
    }

    /// Moves the clock forward, like [`Self::move_to`].
    pub async fn advance(&self, by: Duration) -> Result<DateTime<Utc>, ScheduleError> {
        self.move_to(self.world.clock().now() + by).await
    }

    /// Runs the schedules as time passes, for ever. A failed run is caught up by the next one.
    pub async fn run(&self) {
        loop {
            if let Err(error) = self.tick().await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "A schedule failed; the next run catches up."
                );
            }
            tokio::time::sleep(TICK).await;
        }
    }

    async fn tick(&self) -> Result<(), ScheduleError> {
        let mut last = self.running.lock().await;
        let now = self.world.clock().now();
        if now - last.relay >= RELAY {
            relay::run_all(&*self.world).await?;
            last.relay = now;
        }
        if now - last.check >= CHECK {
            check::run_all(&*self.world).await?;
            engine::imports::tend(&*self.world).await?;
            sweep::run_due(&*self.world).await?;
            last.check = now;
        }
        Ok(())
    }

    /// One run of each schedule, each followed by everything that it sets off.
    async fn run_all(&self, last: &mut Last) -> Result<(), ScheduleError> {
        let now = self.world.clock().now();
        relay::run_all(&*self.world).await?;
        until_quiet(self.world.queues()).await?;
        check::run_all(&*self.world).await?;
        until_quiet(self.world.queues()).await?;
        engine::imports::tend(&*self.world).await?;
        until_quiet(self.world.queues()).await?;
        sweep::run_due(&*self.world).await?;
        until_quiet(self.world.queues()).await?;
        *last = Last { relay: now, check: now };
        Ok(())
    }

    /// The next instant at which the hours open in one of the territories.
    fn next_morning(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let reference = self.world.reference();
        let morning = |it: &Territory| next_opening(*it, reference.frame_at(*it, now).hours, now);
        reference.served.iter().map(morning).min().unwrap_or(now + Days::new(1))
    }
}

/// The next time the wall shows the hour at which these hours open, be it a day off.
fn next_opening(territory: Territory, hours: Hours, now: DateTime<Utc>) -> DateTime<Utc> {
    let today = territory.local_date(now);
    [Some(today), today.checked_add_days(Days::new(1))]
        .into_iter()
        .flatten()
        .map(|date| territory.instant(date.and_time(hours.opens())))
        .find(|morning| *morning > now)
        .unwrap_or(now + Days::new(1))
}

/// Why the clock could not be moved to its end. Moving it again goes on.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// The clock itself.
    #[error("the clock cannot be moved")]
    Clock(#[from] ClockError),
    /// A schedule.
    #[error("a schedule cannot run")]
    Step(#[from] StepError),
    /// The queues.
    #[error("the queues cannot be read")]
    Port(#[from] PortError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_stops_when_the_hours_open_every_day() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let hours = Hours::new(9, 20).unwrap();
        let next = |code: &str, text| next_opening(code.parse().unwrap(), hours, at(text));
        assert_eq!(next("77", "2026-11-21T20:00:00Z"), at("2026-11-22T08:00:00Z"));
        assert_eq!(next("77", "2026-11-22T07:59:59Z"), at("2026-11-22T08:00:00Z"));
        assert_eq!(next("77", "2026-11-22T08:00:00Z"), at("2026-11-23T08:00:00Z"));
        // Summer time, and overseas.
        assert_eq!(next("77", "2026-07-01T08:00:00Z"), at("2026-07-02T07:00:00Z"));
        assert_eq!(next("974", "2026-07-01T08:00:00Z"), at("2026-07-02T05:00:00Z"));
    }
}
