//! Waiting for news: IDLE (RFC 2177), and NOOP where there is none.

use super::Session;
use super::answer::Answer;
use crate::domain::problem::Result;
use std::time::{Duration, Instant};

/// How often to look whether to stop.
const STOP_CHECK: Duration = Duration::from_secs(1);
/// How long to wait between two NOOPs where the server has no IDLE.
const NOOP_EVERY: Duration = Duration::from_secs(60);

impl Session {
    /// Waits until something happens in the selected folder, or in one the server was asked to tell of (`true`), `at_most` has
    /// passed, or `stop` says so. NAT routers forget silent connections: `at_most` should stay under 9 minutes.
    ///
    /// # Errors
    /// [`Kind::Network`].
    pub fn idle(&mut self, at_most: Duration, stop: &dyn Fn() -> bool) -> Result<bool> {
        let until = Instant::now() + at_most;
        if self.has_news() {
            self.news = false;
            return Ok(true);
        }
        if self.capabilities.idle && self.begin_idle()? {
            self.listen(until, stop)?;
        } else {
            // It has no IDLE, or promised it and refuses.
            self.capabilities.idle = false;
            self.ask_now_and_then(until, stop)?;
        }
        let news = self.has_news();
        self.news = false;
        Ok(news)
    }

    /// True when the server took the command and will tell what happens.
    fn begin_idle(&mut self) -> Result<bool> {
        self.command("IDLE").map_err(|ended| ended.problem(self.pipe.wire().place(), "IDLE"))?;
        loop {
            let answer = self.pipe.wire().answer()?;
            match answer {
                Answer::Continue => return Ok(true),
                Answer::Done(_) => return Ok(false),
                other => self.note(&other),
            }
        }
    }

    fn listen(&mut self, until: Instant, stop: &dyn Fn() -> bool) -> Result<()> {
        while !self.has_news() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || stop() {
                break;
            }
            let answer = self.pipe.wire().poll(left.min(STOP_CHECK))?;
            match answer {
                // The server ended it by itself.
                Some(Answer::Done(_)) => return Ok(()),
                // Read or flagged on another device.
                Some(Answer::Fetch(_)) => self.news = true,
                Some(answer) => self.note(&answer),
                None => {}
            }
        }
        self.pipe.wire().send(b"DONE\r\n")?;
        self.finish(&mut |_| Ok(())).map(drop).map_err(|ended| ended.problem(self.pipe.wire().place(), "IDLE"))
    }

    fn ask_now_and_then(&mut self, until: Instant, stop: &dyn Fn() -> bool) -> Result<()> {
        let mut ask_at = Instant::now() + NOOP_EVERY;
        loop {
            let now = Instant::now();
            let over = now >= until || stop();
            if over || now >= ask_at {
                self.noop()?;
                ask_at = now + NOOP_EVERY;
            }
            if over || self.has_news() {
                return Ok(());
            }
            // Some servers tell without being asked.
            let answer = self.pipe.wire().poll(until.saturating_duration_since(now).min(STOP_CHECK))?;
            if let Some(answer) = answer {
                self.note(&answer);
            }
        }
    }
}
