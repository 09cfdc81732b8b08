//! A legal frame as its file writes it, read and checked.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::calendar::Hours;
use domain::clocks::{ClockId, ClockRule};
use domain::delay::Delay;
use domain::frame::{Alert, Frame, FrameId, OrientationDelays, Source};
use domain::sanctions::{Measure, SanctionStep, Sanctions, Setting, Share};
use serde::Deserialize;

use super::DataError;
use crate::codes::{AlerteCode, ApresDelai, Charge, DebutOrientation, FaitCode, HorlogeCode, code_enum};
use crate::rows::TargetRow;

code_enum! {
    /// What a sanction may be.
    pub MesureCode = Measure { Suspension = "suspension", Reduction = "reduction", Removal = "suppression" }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrameFile {
    id: String,
    version: u32,
    title: String,
    valid_from: toml::value::Datetime,
    orientation: OrientationFile,
    naming: NamingFile,
    hours: HoursFile,
    default: TargetRow,
    clocks: Vec<ClockFile>,
    sanctions: SanctionsFile,
    sources: Vec<SourceFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrientationFile {
    starts: DebutOrientation,
    target: DelayFile,
    legal: DelayFile,
    after_legal: ApresDelai,
    alerts: Vec<AlertFile>,
    requests: Vec<u16>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AlertFile {
    day: u16,
    to: AlerteCode,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamingFile {
    days: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HoursFile {
    opens: u8,
    closes: u8,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DelayFile {
    Days(u16),
    Months(u16),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockFile {
    id: HorlogeCode,
    bears_on: Charge,
    starts: BTreeSet<FaitCode>,
    stops: BTreeSet<FaitCode>,
    #[serde(default)]
    restarts: bool,
    #[serde(default)]
    pauses: bool,
    target: Option<DelayFile>,
    legal: Option<DelayFile>,
    legal_overseas: Option<DelayFile>,
    extended: Option<ExtensionFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExtensionFile {
    by: FaitCode,
    legal: DelayFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SanctionsFile {
    applies_from: toml::value::Datetime,
    shared_household_percent: u8,
    observations: SettingFile<DelayFile>,
    repetition: SettingFile<DelayFile>,
    refund: SettingFile<ShareFile>,
    steps: Vec<StepFile>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum SettingFile<T> {
    Set(T),
    Word(SettingWord),
}

#[derive(Deserialize)]
enum SettingWord {
    #[serde(rename = "a_renseigner")]
    Missing,
    #[serde(rename = "sans_objet")]
    None,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepFile {
    breach: String,
    again: bool,
    measures: BTreeSet<MesureCode>,
    share: SettingFile<ShareFile>,
    months: (u8, u8),
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ShareFile {
    AtLeast(u8),
    AtMost(u8),
    Free {},
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceFile {
    about: String,
    article: String,
    text: String,
}

/// Reads a legal frame. A target that may end after the legal delay, alerts out of order, a clock told twice or without
/// what starts and stops it, hours that end before they begin, a sanction beyond everything, a frame without a source are wrong.
pub(super) fn read(file: &'static str, text: &str) -> Result<Frame, DataError> {
    let read: FrameFile =
        toml::from_str(text).map_err(|source| DataError::Unreadable { file, source: Box::new(source) })?;
    let wrong = |at: &str| DataError::Wrong { file, at: at.to_owned() };
    if read.sources.is_empty() {
        return Err(wrong("sources"));
    }
    let sanctions = sanctions(read.sanctions).map_err(wrong)?;
    Ok(Frame {
        id: FrameId::national(format!("{}#{}", read.id, read.version)),
        title: read.title,
        valid_from: day(&read.valid_from).ok_or_else(|| wrong("valid_from"))?,
        orientation: orientation(read.orientation).map_err(wrong)?,
        naming_days: read.naming.days,
        hours: Hours::new(read.hours.opens, read.hours.closes).ok_or_else(|| wrong("hours"))?,
        clocks: clocks(read.clocks, sanctions.observations).map_err(|at| wrong(&at))?,
        default: read.default.into(),
        sanctions,
        sources: read.sources.into_iter().map(Into::into).collect(),
    })
}

pub(super) fn day(read: &toml::value::Datetime) -> Option<NaiveDate> {
    let date = read.date?;
    NaiveDate::from_ymd_opt(i32::from(date.year), date.month.into(), date.day.into())
}

fn orientation(read: OrientationFile) -> Result<OrientationDelays, &'static str> {
    let increasing = |days: &[u16]| days.windows(2).all(|pair| pair[0] < pair[1]);
    let alert_days: Vec<u16> = read.alerts.iter().map(|it| it.day).collect();
    // The rungs reached are kept as bits of 16.
    if !increasing(&alert_days) || alert_days.len() > 16 {
        return Err("orientation.alerts");
    }
    if !increasing(&read.requests) || read.requests.len() > 16 {
        return Err("orientation.requests");
    }
    let (target, legal): (Delay, Delay) = (read.target.into(), read.legal.into());
    if !target.never_exceeds(legal) {
        return Err("orientation.target");
    }
    Ok(OrientationDelays {
        starts: read.starts.into(),
        target,
        legal,
        after_legal: read.after_legal.into(),
        alerts: read.alerts.iter().map(|it| Alert { day: it.day, to: it.to.into() }).collect(),
        requests: read.requests,
    })
}

/// The clocks; that of the observations runs for as long as the ladder of sanctions gives the person.
fn clocks(read: Vec<ClockFile>, observations: Setting<Delay>) -> Result<Vec<ClockRule>, String> {
    let mut rules: Vec<ClockRule> = Vec::new();
    for clock in read {
        let mut rule = ClockRule::from(&clock);
        if let (ClockId::Observations, Setting::Set(delay)) = (rule.id, observations) {
            rule.legal = Some(delay);
        }
        let wrong = |what: &str| Err(format!("clocks.{}{what}", clock.id.code()));
        // The orientation and the naming have sections of their own; the others come in order, each once.
        let own_section = matches!(rule.id, ClockId::Orientation | ClockId::Naming);
        if own_section || rules.last().is_some_and(|it| it.id >= rule.id) {
            return wrong("");
        }
        if rule.starts.is_empty() || rule.stops.is_empty() || !rule.starts.is_disjoint(&rule.stops) {
            return wrong(".starts");
        }
        if rule.legal.is_none() && (rule.legal_overseas.is_some() || rule.extended.is_some()) {
            return wrong(".legal");
        }
        if let (Some(target), Some(legal)) = (rule.target, rule.legal)
            && !target.never_exceeds(legal)
        {
            return wrong(".target");
        }
        rules.push(rule);
    }
    Ok(rules)
}

fn sanctions(read: SanctionsFile) -> Result<Sanctions, &'static str> {
    let mut steps: Vec<SanctionStep> = Vec::new();
    for step in read.steps {
        let (at_least, at_most) = step.months;
        let known = steps.iter().any(|it| it.breach == step.breach && it.again == step.again);
        if known || at_least == 0 || at_least > at_most || step.measures.is_empty() {
            return Err("sanctions.steps");
        }
        steps.push(SanctionStep {
            breach: step.breach,
            again: step.again,
            measures: step.measures.into_iter().map(Into::into).collect(),
            share: setting(&step.share, share)?,
            months: step.months,
        });
    }
    if read.shared_household_percent > 100 {
        return Err("sanctions.shared_household_percent");
    }
    let delay = |it: DelayFile| Ok(it.into());
    Ok(Sanctions {
        applies_from: day(&read.applies_from).ok_or("sanctions.applies_from")?,
        steps,
        shared_household_percent: read.shared_household_percent,
        observations: setting(&read.observations, delay)?,
        repetition: setting(&read.repetition, delay)?,
        refund: setting(&read.refund, share)?,
    })
}

fn setting<T: Copy, U>(
    read: &SettingFile<T>,
    value: impl Fn(T) -> Result<U, &'static str>,
) -> Result<Setting<U>, &'static str> {
    Ok(match read {
        SettingFile::Set(it) => Setting::Set(value(*it)?),
        SettingFile::Word(SettingWord::Missing) => Setting::Missing,
        SettingFile::Word(SettingWord::None) => Setting::None,
    })
}

fn share(read: ShareFile) -> Result<Share, &'static str> {
    match read {
        ShareFile::AtLeast(percent @ 0..=100) => Ok(Share::AtLeast(percent)),
        ShareFile::AtMost(percent @ 0..=100) => Ok(Share::AtMost(percent)),
        ShareFile::AtLeast(_) | ShareFile::AtMost(_) => Err("sanctions.share"),
        ShareFile::Free {} => Ok(Share::Free),
    }
}

impl From<SourceFile> for Source {
    fn from(it: SourceFile) -> Self {
        Self { about: it.about, article: it.article, text: it.text }
    }
}

impl From<DelayFile> for Delay {
    fn from(it: DelayFile) -> Self {
        match it {
            DelayFile::Days(days) => Self::Days(days),
            DelayFile::Months(months) => Self::Months(months),
        }
    }
}

impl From<&ClockFile> for ClockRule {
    fn from(it: &ClockFile) -> Self {
        let events =
            |codes: &BTreeSet<FaitCode>| codes.iter().map(|it| (*it).into()).collect::<BTreeSet<_>>();
        Self {
            restarts: it.restarts,
            pauses: it.pauses,
            target: it.target.map(Into::into),
            legal: it.legal.map(Into::into),
            legal_overseas: it.legal_overseas.map(Into::into),
            extended: it.extended.as_ref().map(|it| (it.by.into(), it.legal.into())),
            ..Self::new(it.id.into(), it.bears_on.into(), events(&it.starts), events(&it.stops))
        }
    }
}

#[cfg(test)]
mod tests;
