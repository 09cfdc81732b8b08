//! What a frame may say, and what is wrong in one.

use domain::clocks::EventKind;
use domain::frame::{AfterLegal, AlertTo, OrientationStart};

use super::*;

const OF_2020: &str = include_str!("../../../data/cadre-2020.toml");
const OF_2025: &str = include_str!("../../../data/cadre-2025.toml");

fn frame(text: &str) -> Frame {
    read("t", text).unwrap()
}

fn wrong(text: &str) -> String {
    match read("t", text) {
        Err(DataError::Wrong { at, .. }) => at,
        other => panic!("{other:?}"),
    }
}

/// The file of 2025 with something else in it.
fn changed(from: &str, to: &str) -> String {
    assert_eq!(OF_2025.matches(from).count(), 1, "{from}");
    OF_2025.replace(from, to)
}

#[test]
fn the_orientation_has_two_months_from_the_opening_in_2020_and_six_weeks_from_the_reception_in_2025() {
    let (old, new) = (frame(OF_2020).orientation, frame(OF_2025).orientation);
    assert_eq!((old.starts, old.legal), (OrientationStart::Opening, Delay::Months(2)));
    assert_eq!((new.starts, new.legal), (OrientationStart::Reception, Delay::Days(42)));
    assert_eq!((old.after_legal, new.after_legal), (AfterLegal::Departement, AfterLegal::FranceTravail));
    assert!(new.alerts.contains(&Alert { day: 35, to: AlertTo::Head }));
}

#[test]
fn each_clock_of_the_table_is_in_the_frame_that_knows_it() {
    let codes = |text: &str| frame(text).rules().iter().map(|it| it.id.code()).collect::<Vec<_>>();
    assert_eq!(codes(OF_2025), ["H1", "H2", "H3", "H4", "H5", "H6", "H7", "H8", "H9", "H10", "H11", "H12"]);
    assert_eq!(codes(OF_2020), codes(OF_2025));
}

#[test]
fn a_contract_of_the_former_law_becomes_one_of_the_new_by_2027_and_a_year_later_overseas() {
    use domain::clocks::{ClockStatus, Event};
    let conversion =
        |text: &str| frame(text).rules().into_iter().find(|it| it.id == ClockId::Conversion).unwrap();
    assert_eq!(conversion(OF_2020), conversion(OF_2025), "whatever the frame of the dossier");
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let told = BTreeSet::from([Event { on: day("2025-01-01"), kind: EventKind::FormerContract }]);
    for (territory, last) in [("77", "2027-01-01"), ("974", "2028-01-01")] {
        let clock = conversion(OF_2020).read(territory.parse().unwrap(), &told).unwrap();
        assert_eq!((clock.legal, clock.status), (Some(day(last)), ClockStatus::Running), "{territory}");
    }
}

#[test]
fn the_ladder_of_2025_cannot_be_used_before_the_departement_has_set_what_is_its_to_set() {
    use domain::sanctions::Unset;
    let missing = frame(OF_2025).sanctions.usable().map(<[_]>::len);
    assert_eq!(missing, Err(vec![Unset::Observations, Unset::Repetition, Unset::Refund, Unset::Share]));
    assert_eq!(frame(OF_2020).sanctions.usable().map(<[_]>::len), Ok(2));
    let forgotten = OF_2025.replace("repetition = \"a_renseigner\"\n", "");
    assert!(read("t", &forgotten).is_err(), "what is not written is not set");
}

#[test]
fn the_person_s_observations_take_as_long_as_the_ladder_gives() {
    let legal = |text: &str| {
        let rules = frame(text).rules();
        rules.into_iter().find(|it| it.id == ClockId::Observations).and_then(|it| it.legal)
    };
    assert_eq!((legal(OF_2020), legal(OF_2025)), (Some(Delay::Months(1)), None));
    let set = changed("observations = \"a_renseigner\"", "observations = { days = 10 }");
    assert_eq!(legal(&set), Some(Delay::Days(10)));
}

#[test]
fn a_target_that_may_end_after_the_legal_delay_is_wrong() {
    let text = changed(
        "target = { days = 30 }\nlegal = { days = 42 }",
        "target = { days = 43 }\nlegal = { days = 42 }",
    );
    assert_eq!(wrong(&text), "orientation.target");
    // A month from 1 February has 28 days only.
    let text = changed("restarts = true\ntarget = { days = 15 }", "restarts = true\ntarget = { days = 29 }");
    assert_eq!(wrong(&text), "clocks.H5.target");
}

#[test]
fn a_clock_told_twice_out_of_order_or_that_nothing_starts_is_wrong() {
    assert_eq!(wrong(&changed("id = \"H6\"", "id = \"H5\"")), "clocks.H5");
    assert_eq!(wrong(&changed("id = \"H2\"", "id = \"H3\"")), "clocks.H3");
    let text = changed("starts = [\"emploi_commence\"]", "starts = []");
    assert_eq!(wrong(&text), "clocks.H10.starts");
}

#[test]
fn a_day_that_does_not_exist_an_unknown_event_and_a_sanction_beyond_everything_are_wrong() {
    assert!(read("t", &changed("valid_from = 2025-01-01", "valid_from = 2025-02-30")).is_err());
    assert!(read("t", &changed("starts = [\"emploi_commence\"]", "starts = [\"emploi\"]")).is_err());
    assert_eq!(
        wrong(&changed("shared_household_percent = 50", "shared_household_percent = 101")),
        "sanctions.shared_household_percent"
    );
}

#[test]
fn a_clock_that_one_event_starts_and_stops_or_that_extends_no_delay_is_wrong() {
    let text = changed("stops = [\"suivi_en_emploi_fini\"]", "stops = [\"emploi_commence\"]");
    assert_eq!(wrong(&text), "clocks.H10.starts");
    let text = changed("legal = { months = 24 }\nlegal_overseas", "legal_overseas");
    assert_eq!(wrong(&text), "clocks.H11.legal");
}
