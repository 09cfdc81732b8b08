//! The frame of a right: that of the law on the day of its reception, with the targets that the territory had published
//! for that day; and where those targets are kept.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use contracts::api::VersionCadreJson;
use contracts::rows::SideRow;
use domain::frame::Frame;
use domain::intake::{self, RightStated};
use domain::local_frame::{self, Local, Version};
use domain::{Dossier, Territory};

use crate::ports::{PortError, Rows, Table, When};
use crate::world::World;

const READ: &str = "read the targets of a territory";
const REV: &str = "rev";
const VERSIONS: &str = "versions";

/// The versions of a territory for one kind of frame, as they are kept: all in one row, so that one write decides.
pub(crate) struct Kept {
    /// Every version, in the order of their numbers.
    pub(crate) versions: Vec<Version>,
    rev: u64,
}

/// Reads the versions of a territory; none when it never set a target.
pub(crate) async fn kept<W: World>(world: &W, territory: Territory, kind: &str) -> Result<Kept, PortError> {
    let row = world.store().get(Table::Cadres, territory.as_str(), &sk(kind)).await?;
    let Some(mut row) = row else { return Ok(Kept { versions: Vec::new(), rev: 0 }) };
    let unreadable = || PortError::new(READ, "the row holds no versions");
    let rev = row.attributes.get(REV).and_then(|it| it.as_str()?.parse().ok()).ok_or_else(unreadable)?;
    let json = row.attributes.remove(VERSIONS).ok_or_else(unreadable)?;
    let json: Vec<VersionCadreJson> = serde_json::from_value(json).map_err(|it| PortError::new(READ, it))?;
    let versions = json.iter().map(Version::try_from).collect::<Result<_, _>>();
    Ok(Kept { versions: versions.map_err(|it| PortError::new(READ, it))?, rev })
}

impl Kept {
    /// Writes other versions in their place, if nobody has since they were read; whether they were.
    pub(crate) async fn replace<W: World>(
        &self,
        world: &W,
        (territory, kind): (Territory, &str),
        versions: &[Version],
    ) -> Result<bool, PortError> {
        let json: Vec<VersionCadreJson> = versions.iter().map(Into::into).collect();
        let json = serde_json::to_value(json).map_err(|it| PortError::new("write the targets", it))?;
        let attributes = BTreeMap::from([
            ("v".to_owned(), 1.into()),
            (REV.to_owned(), (self.rev + 1).to_string().into()),
            (VERSIONS.to_owned(), json),
        ]);
        let when = match self.rev {
            0 => When::Absent,
            rev => When::Is { attribute: REV, value: rev.to_string() },
        };
        let row = SideRow { pk: territory.as_str().to_owned(), sk: sk(kind), attributes };
        world.store().put(Table::Cadres, row, when).await
    }
}

/// The frame of a right that is stated, received on `presumed` unless it says when.
pub(crate) async fn stated<'a, W: World>(
    world: &'a W,
    territory: Territory,
    right: &RightStated,
    presumed: NaiveDate,
) -> Result<Cow<'a, Frame>, PortError> {
    let received_on = right.received_or(presumed);
    let local = match right {
        RightStated::Confirmed { .. } => targets(world, territory, received_on).await?,
        // Nothing of it is frozen before the right is confirmed.
        RightStated::Declared { .. } => None,
    };
    Ok(with(world.reference().frame_on(received_on), local.as_ref()))
}

/// The frame of a right that is stated to a dossier that is there.
pub(crate) async fn told<'a, W: World>(
    world: &'a W,
    right: &RightStated,
    dossier: &Dossier,
    now: DateTime<Utc>,
) -> Result<Cow<'a, Frame>, PortError> {
    stated(world, dossier.territory, right, intake::presumed_reception(dossier, now)).await
}

/// The targets that the territory had published for rights received on that day.
pub(crate) async fn targets<W: World>(
    world: &W,
    territory: Territory,
    received_on: NaiveDate,
) -> Result<Option<Local>, PortError> {
    let kind = world.reference().frame_on(received_on).id.kind();
    Ok(local_frame::in_force(&kept(world, territory, kind).await?.versions, received_on))
}

/// A frame with a territory's targets, if it has any.
pub(crate) fn with<'a>(frame: &'a Frame, local: Option<&Local>) -> Cow<'a, Frame> {
    local.map_or(Cow::Borrowed(frame), |local| Cow::Owned(frame.with(local)))
}

fn sk(kind: &str) -> String {
    format!("cadre#{kind}")
}
