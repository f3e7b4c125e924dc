//! The files people bring: what is taken, what is refused, and how it is told.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use chrono::{DateTime, Utc};
use doorstep::geo::{Datum, Place, haversine_m};
use doorstep::intake::{self, BookingTerms, Faults};
use doorstep::model::{
    Area, Booking, BookingState, Category, Courier, Hub, Load, ProgrammeId, Region, RegionId,
};
use proptest::prelude::*;

const REGIONS: &str = r#"[{"id":"shanghai","name":"Shanghai","time_zone":"Asia/Shanghai",
    "area":{"bbox":[120.8,30.6,122.1,31.9]}}]"#;
const HUBS: &str = "\
id,region,name,lon,lat,opens,closes
h1,shanghai,North,121.47,31.23,08:00,22:00
h2,shanghai,South,121.48,31.13,08:00:00,22:00:00
";
const COURIERS: &str = "\
id,region,name,vehicle,hub,max_parcels,max_weight_g,max_volume_ml,max_value,skills,max_stops
c1,shanghai,One,ebike,h1,40,80000,120000,4000000,,
c2,shanghai,Two,Van,h2,,,,,desktop|inspection,30
";
const SHIFTS: &str = "\
courier,date,starts,ends,break_earliest,break_latest,break_s
c1,2026-03-02,08:30,17:30,11:00,13:00,2700
c2,mon-fri,12:00:00,21:00:00,,,
";
const BOOKINGS: &str = "\
external_id,region,kind,lon,lat,window_start,window_end,devices,declared_value,requested_at,name,phone,address
o1,shanghai,pickup,121.47,31.23,2026-03-02T09:00:00+08:00,2026-03-02T11:00:00+08:00,phone:2;laptop:1,1000,2026-03-01T20:00:00+08:00,Customer 1,100-0000-0001,\"Lane 1, Building 2\"
o2,shanghai,exchange,121.48,31.24,2026-03-02T13:00:00+08:00,2026-03-02T15:00:00+08:00,phone:1,,,,,
";
const LADE: &str = "\
order_id,city,accept_time,time_window_start,time_window_end,lng,lat,ds
1,X,06-07 08:00:00,06-07 09:00:00,06-07 11:00:00,121.5,31.2,607
2,X,06-07 10:00:00,06-07 09:00:00,06-07 11:00:00,121.5,31.2,607
3,X,06-07 12:00:00,06-07 09:00:00,06-07 11:00:00,121.5,31.2,607
4,X,,06-07 09:00:00,06-07 11:00:00,121.5,31.2,607
5,X,06-07 08:00:00,06-07 09:00:00,06-07 09:00:00,121.5,31.2,607
6,X,06-06 08:00:00,06-06 09:00:00,06-07 12:00:00,121.5,31.2,607
7,X,06-07 08:00:00,06-08 09:00:00,06-08 11:00:00,121.5,31.2,607
8,X,06-07 08:00:00,06-07 11:00:00,06-07 09:00:00,121.5,31.2,607
9,X,06-07 08:00:00,06-31 09:00:00,06-07 11:00:00,121.5,31.2,607
1,X,06-07 08:00:00,06-07 09:00:00,06-07 11:00:00,121.5,31.2,607
11,X,06-07 08:00:00,06-07 09:00:00,06-07 11:00:00,31.2,121.5,607
";

fn regions() -> Vec<Region> {
    intake::regions(REGIONS.as_bytes(), "regions.json").unwrap()
}

fn hubs() -> Vec<Hub> {
    intake::hubs(HUBS.as_bytes(), "hubs.csv", Some(&regions())).unwrap()
}

fn couriers() -> Vec<Courier> {
    intake::couriers(COURIERS.as_bytes(), "couriers.csv", Some(&hubs())).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn bookings(bytes: &[u8], earliest: Option<&str>) -> Result<Vec<Booking>, Faults> {
    let (regions, programme) = (regions(), ProgrammeId::new("flagship").unwrap());
    let terms = BookingTerms {
        regions: &regions,
        programme: &programme,
        requested_at: at("2026-03-01T00:00:00Z"),
        earliest: earliest.map(at),
    };
    intake::bookings(bytes, "f", &terms)
}

/// What each kind of file says about itself, by the name of the kind.
fn told(kind: &str, bytes: &[u8]) -> Vec<String> {
    let faults = match kind {
        "regions" => intake::regions(bytes, "f").err(),
        "hubs" => intake::hubs(bytes, "f", Some(&regions())).err(),
        "couriers" => intake::couriers(bytes, "f", Some(&hubs())).err(),
        "shifts" => intake::shifts(bytes, "f", Some(&couriers())).err(),
        "bookings" => bookings(bytes, Some("2026-03-01T00:00:00Z")).err(),
        _ => unreachable!("{kind}"),
    };
    faults.iter().flat_map(Faults::as_slice).map(ToString::to_string).collect()
}

/// The file of a kind with one text exchanged for another.
fn spoilt(kind: &str, from: &str, to: &str) -> Vec<u8> {
    let text = match kind {
        "regions" => REGIONS,
        "hubs" => HUBS,
        "couriers" => COURIERS,
        "shifts" => SHIFTS,
        "bookings" => BOOKINGS,
        _ => unreachable!("{kind}"),
    };
    assert!(text.contains(from), "{kind} has no {from}");
    text.replacen(from, to, 1).into_bytes()
}

#[test]
fn good_files_are_taken() {
    assert_eq!(hubs()[1].closes.to_string(), "22:00:00");
    let couriers = couriers();
    assert_eq!(couriers[0].capacity.parcels, 40);
    assert_eq!(couriers[1].capacity, Load::UNLIMITED);
    assert_eq!((couriers[1].skills.len(), couriers[1].max_stops), (2, Some(30)));
    let roster = intake::shifts(SHIFTS.as_bytes(), "f", Some(&couriers)).unwrap();
    assert!(roster[0].rest.is_some() && roster[1].rest.is_none());
}

#[test]
fn rows_become_confirmed_bookings() {
    let bookings = bookings(BOOKINGS.as_bytes(), None).unwrap();
    let first = &bookings[0];
    assert_eq!(first.state, BookingState::Confirmed);
    assert_eq!(first.date.to_string(), "2026-03-02");
    assert_eq!(first.contact.as_ref().unwrap().address, "Lane 1, Building 2");
    let values: Vec<i64> =
        first.devices().iter().map(|device| device.declared_value.unwrap().amount).collect();
    assert_eq!(values, [334, 333, 333]);
    assert_eq!(first.demand.pickup.value, 1_000);
    assert_eq!(first.devices()[2].category, Category::Laptop);
    let second = &bookings[1];
    assert_eq!(second.requested_at, at("2026-03-01T00:00:00Z"));
    assert_eq!(second.contact, None);
    assert_eq!(second.demand.delivery.parcels, 1);
    assert_ne!(first.id, second.id);
}

#[test]
fn reading_a_file_again_names_the_same_bookings() {
    let ids = || -> Vec<_> {
        bookings(BOOKINGS.as_bytes(), None).unwrap().iter().map(|booking| booking.id).collect()
    };
    assert_eq!(ids(), ids());
}

#[test]
fn marks_line_ends_order_blanks_and_extra_columns_do_not_matter() {
    let plain = hubs();
    let shuffled = "closes,Note,opens , lat,lon,name,region,ID\n\
        22:00,x,08:00,31.23,121.47,North,shanghai,h1\n\n  \n,,,,,,,\n\
        22:00,,08:00, 31.13 ,121.48,South,shanghai,h2";
    let windows = format!("\u{feff}{}", HUBS.replace('\n', "\r\n"));
    for text in [shuffled, &windows, &HUBS.replace('\n', "\r"), HUBS.trim_end()] {
        assert_eq!(intake::hubs(text.as_bytes(), "f", Some(&regions())).unwrap(), plain, "{text}");
    }
}

#[test]
fn lines_are_counted_as_an_editor_does() {
    let text = "id,region,name,lon,lat,opens,closes\n\n\n\
        h1,shanghai,\"two\n\nlines\",121.47,31.23,08:00,22:00\n\n\
        h2,shanghai,South,121.48,31.13,late,22:00\n";
    for text in [text.to_owned(), text.replace('\n', "\r\n"), text.replace('\n', "\r")] {
        let lines: Vec<_> = intake::hubs(text.as_bytes(), "f", None)
            .unwrap_err()
            .as_slice()
            .iter()
            .map(|fault| (fault.line, fault.column.clone().unwrap()))
            .collect();
        assert_eq!(
            lines,
            [(Some(4), "name".to_owned()), (Some(8), "opens".to_owned())],
            "{text:?}"
        );
    }
}

/// A kind of file, a text in it, what it is spoilt to, and what must be said: the start of a
/// fault, and a word of its message.
const SPOILT: &[(&str, &str, &str, &str, &str)] = &[
    ("hubs", "id,region", "id,reg", "f, line 1, column region: ", "missing"),
    ("hubs", "name,lon,lat", "name,lon,lon", "f, line 1, column lon: ", "2 times"),
    ("hubs", "name,lon,lat", "name,lon,lon", "f, line 1, column lat: ", "missing"),
    ("hubs", "h2,", "h1,", "f, line 3, column id: ", "line 2"),
    ("hubs", "h1,", "h 1,", "f, line 2, column id: ", "usable id"),
    ("hubs", "shanghai", "paris", "f, line 2, column region: ", "known: shanghai"),
    ("hubs", "121.47,31.23", "31.23,121.47", "f, line 2, column lat: ", "exchanged"),
    ("hubs", "121.47,31.23", "31.23,21.47", "f, line 2, column lon/lat: ", "outside"),
    ("hubs", "121.47", "\"121,47\"", "f, line 2, column lon: ", "degrees"),
    ("hubs", "121.47", "nan", "f, line 2, column lon: ", "degrees"),
    ("hubs", "121.47", "", "f, line 2, column lon: ", "empty"),
    ("hubs", "08:00,", "24:00,", "f, line 2, column opens: ", "time of day"),
    ("hubs", "31.13,08:00:00,22:00:00", "31.13", "f, line 3, column opens: ", "5 of 7"),
    ("hubs", "North,", "North, upstairs,", "f, line 2: ", "8 fields"),
    ("hubs", "South", "\"South", "f, line 3, column name: ", "never closed"),
    ("couriers", "One,ebike", "One,horse", "f, line 2, column vehicle: ", "horse"),
    ("couriers", "h2,,", "h9,,", "f, line 3, column hub: ", "known: h1, h2"),
    ("couriers", "c1,shanghai", "c1,beijing", "f, line 2, column hub: ", "not beijing"),
    ("couriers", "40,", "-1,", "f, line 2, column max_parcels: ", "whole number"),
    ("couriers", "desktop|", "desk top|", "f, line 3, column skills: ", "usable skill"),
    ("shifts", "c1", "c7", "f, line 2, column courier: ", "known: c1, c2"),
    ("shifts", "2026-03-02", "2026-02-30", "f, line 2, column date: ", "not a day"),
    ("shifts", "2026-03-02", "9026-03-02", "f, line 2, column date: ", "2100"),
    ("shifts", "17:30", "07:30", "f, line 2, column ends: ", "ends"),
    ("shifts", "11:00", "18:00", "f, line 2, column break_earliest: ", "break"),
    ("shifts", "13:00,2700", "13:00,", "f, line 2, column break_s: ", "all three"),
    ("bookings", "o2", "o1", "f, line 3, column external_id: ", "line 2"),
    ("bookings", "pickup", "fetch", "f, line 2, column kind: ", "fetch"),
    ("bookings", "pickup", "shipment", "f, line 2, column kind: ", "shipments"),
    ("bookings", "T11:00", "T08:59", "f, line 2, column window_end: ", "before it starts"),
    ("bookings", "02T11:00", "03T11:00", "f, line 2, column window_end: ", "24 hours"),
    ("bookings", "09:00:00+08:00", "09:00:00", "f, line 2, column window_start: ", "offset"),
    ("bookings", "phone:2", "phone:0", "f, line 2, column devices: ", "phone:0"),
    ("bookings", "phone:2", "phone:21", "f, line 2, column devices: ", "1 to 20"),
    ("bookings", "phone:2", "fridge:2", "f, line 2, column devices: ", "fridge"),
    ("bookings", ",1000", ",-5", "f, line 2, column declared_value: ", "whole number"),
    ("bookings", ",1000", ",99999999999", "f, line 2, column declared_value: ", "10000000"),
    ("bookings", "2026-03-01T20", "2026-03-02T20", "f, line 2, column requested_at: ", "after"),
    ("bookings", "shanghai", "atlantis", "f, line 2, column region: ", "known: shanghai"),
    ("bookings", "121.47,31.23", "31.23,121.47", "f, line 2, column lat: ", "exchanged"),
    ("bookings", "121.47,31.23", "121.47,41.23", "f, line 2, column lon/lat: ", "outside"),
    ("regions", "Asia/Shanghai", "Asia/Nowhere", "f, line 1, column [0]: ", "Nowhere"),
    ("regions", "[120.8,30.6", "[123.8,30.6", "f, line 1, column [0].area: ", "bbox"),
    ("regions", "\"name\"", "\"nam\"", "f, line 1, column [0]: ", "nam"),
    ("regions", "31.9]}}]", "31.9]}}", "f, line 2, byte ", "EOF"),
];

#[test]
fn each_fault_names_its_line_and_column() {
    for (kind, from, to, place, word) in SPOILT {
        let told = told(kind, &spoilt(kind, from, to));
        let found = told.iter().any(|fault| fault.starts_with(place) && fault.contains(word));
        assert!(found, "{kind}: {from} -> {to}: {told:#?}");
    }
}

#[test]
fn all_faults_of_a_file_are_told_at_once() {
    let text = BOOKINGS.replace("phone:1", "sofa:1").replace(",1000,", ",many,");
    let told = told("bookings", text.replace("T15:00", "T12:00").as_bytes());
    assert_eq!(told.len(), 3, "{told:#?}");
    let text = BOOKINGS.replace("phone:1", "sofa:1").replace("121.47,31.23", "121.47,41.23");
    let told = self::told("bookings", text.as_bytes());
    assert!(told[0].starts_with("f, line 2, column lon/lat"), "{told:#?}");
    assert!(told[1].starts_with("f, line 3, column devices"), "{told:#?}");
}

#[test]
fn windows_that_are_over_are_refused_when_asked_to() {
    assert!(bookings(BOOKINGS.as_bytes(), Some("2026-03-02T03:00:00Z")).is_ok());
    let faults = bookings(BOOKINGS.as_bytes(), Some("2026-03-02T03:00:01Z")).unwrap_err();
    assert_eq!(faults.to_string(), "f, line 2, column window_end: the window is over already");
}

#[test]
fn bytes_that_are_not_utf8_are_named_by_line_and_byte() {
    let mut bytes = HUBS.replace("22:00:00", "late").into_bytes();
    bytes[HUBS.find("North").unwrap() + 1] = 0xff;
    let faults = intake::hubs(&bytes, "hubs.csv", None).unwrap_err();
    let told: Vec<String> = faults.as_slice().iter().map(ToString::to_string).collect();
    assert_eq!(told[0], "hubs.csv, line 2, byte 14: this is not UTF-8; save the file as UTF-8");
    assert!(told[1].starts_with("hubs.csv, line 3, column closes: "), "{told:#?}");
    let wide = HUBS.encode_utf16().flat_map(u16::to_le_bytes);
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(wide).collect();
    assert!(self::told("hubs", &wide)[0].contains("UTF-16"));
}

#[test]
fn a_replacement_character_that_was_in_the_file_is_a_character() {
    let text = HUBS.replace("North", "N\u{fffd}rth");
    assert_eq!(intake::hubs(text.as_bytes(), "f", None).unwrap().len(), 2);
}

#[test]
fn a_file_cut_off_inside_a_row_is_refused() {
    let last_row = HUBS.find("h2").unwrap();
    // From the last hour on, what is left reads as a time of day: `2`, `22:0`, `22:00` and so on.
    let last_hour = HUBS.rfind("22:00").unwrap();
    for cut in 0..last_hour {
        let taken = intake::hubs(&HUBS.as_bytes()[..cut], "f", None);
        match taken {
            Ok(hubs) => {
                let first_row_end = HUBS.find("\nh1").unwrap();
                let between = [first_row_end, first_row_end + 1, last_row - 1, last_row];
                let first_hour = HUBS.find("22:00").unwrap();
                let in_last_cell = (first_hour..last_row).contains(&cut);
                assert!(between.contains(&cut) || in_last_cell, "cut at {cut} gave {hubs:?}");
            }
            Err(faults) => assert!(faults.count() > 0),
        }
    }
    assert!(told("bookings", b"")[0].starts_with("f: the file is empty"));
    assert!(told("bookings", b" \n\n")[0].starts_with("f: the file is empty"));
}

#[test]
fn other_separators_are_recognised() {
    let told = told("hubs", HUBS.replace(',', ";").as_bytes());
    assert!(told[0].contains("separated by semicolons"), "{told:#?}");
    assert_eq!(told.len(), 1, "{told:#?}");
}

#[test]
fn overlapping_shifts_of_one_courier_are_refused() {
    let roster = |rows: &str| {
        let text = format!("{}\n{rows}", SHIFTS.lines().next().unwrap());
        told("shifts", text.as_bytes())
    };
    let good = "c1,mon,08:00,12:00,,,\nc1,mon,12:00,16:00,,,\nc1,tue,09:00,11:00,,,\n\
        c2,mon,08:00,12:00,,,\nc1,2026-03-02,10:00,14:00,,,";
    assert_eq!(roster(good), Vec::<String>::new());
    let told = roster("c1,mon-fri,08:00,12:00,,,\nc1,\"sun,wed\",11:59,16:00,,,");
    assert_eq!(told, ["f, line 3, column starts: c1 already works 08:00:00 to 12:00:00 by line 2"]);
}

#[test]
fn coordinates_are_in_the_datum_of_the_row_or_of_its_region() {
    let mut regions = regions();
    regions[0].datum = Datum::Gcj02;
    let read = |text: &str| intake::hubs(text.as_bytes(), "f", Some(&regions)).unwrap()[0].place;
    let shifted = Place { lon: 121.47, lat: 31.23, datum: Datum::Gcj02 }.to_wgs84().unwrap();
    let plain = Place { lon: 121.47, lat: 31.23, datum: Datum::Wgs84 }.to_wgs84().unwrap();
    assert!(haversine_m(shifted, plain) > 300.0);
    assert_eq!(read(HUBS), shifted);
    let header = "id,region,name,lon,lat,opens,closes,datum\n";
    let row = |datum: &str| format!("{header}h,shanghai,H,121.47,31.23,08:00,22:00,{datum}\n");
    assert_eq!(read(&row("")), shifted);
    assert_eq!(read(&row("WGS84")), plain);
    let told = told("hubs", row("mars").as_bytes());
    assert!(told[0].starts_with("f, line 2, column datum: "), "{told:#?}");
}

#[test]
fn json_has_the_same_fields() {
    let json = r#"[
      {"id": "h1", "region": "shanghai", "name": "North", "lon": 121.47, "lat": 31.23,
       "opens": "08:00", "closes": "22:00", "note": {"free": true}},
      {"id": "h2", "region": "shanghai", "name": "South", "lon": "121.48", "lat": 31.13,
       "opens": "08:00", "closes": "22:00", "datum": null}]"#;
    assert_eq!(intake::hubs(json.as_bytes(), "f", Some(&regions())).unwrap(), hubs());
    let json = r#"[{"id": "c2", "region": "shanghai", "name": "Two", "vehicle": "van",
      "hub": "h2", "max_parcels": null, "max_weight_g": null, "max_volume_ml": null,
      "max_value": null, "skills": ["desktop", "inspection"], "max_stops": 30}]"#;
    assert_eq!(intake::couriers(json.as_bytes(), "f", None).unwrap()[0], couriers()[1]);
}

#[test]
fn faults_of_json_name_the_item_and_its_field() {
    let item = |id: &str, lat: &str| {
        format!(
            r#"{{"id": "{id}", "region": "shanghai", "name": "N", "lon": 121.47, {lat}
            "opens": "08:00", "closes": "22:00"}}"#
        )
    };
    let (good, bad) = (item("h1", r#""lat": 31.2,"#), item("h1", r#""lat": true, "lat": 31,"#));
    let json = format!("[{good},\n{bad},\n{},\n[1]]", item("h3", ""));
    let told = told("hubs", json.as_bytes());
    for (fault, start) in told.iter().zip([
        "f, line 3, column [1].lat: give a text or a number",
        "f, line 3, column [1].lat: this field is given twice",
        "f, line 3, column [1].id: 'h1' is already given on line 1",
        "f, line 5, column [2].lat: this field is missing",
        "f, line 7, column [3]: invalid type: sequence",
    ]) {
        assert!(fault.starts_with(start), "{fault} is not {start}; {told:#?}");
    }
    assert_eq!(told.len(), 5, "{told:#?}");
    assert_eq!(self::told("hubs", b"[\n{]"), ["f, line 2, byte 2: key must be a string"]);
}

#[test]
fn contacts_are_never_quoted() {
    let text = BOOKINGS.replace("100-0000-0001", &"9".repeat(41)).replace("Lane 1", "Lane\u{7}1");
    let told = told("bookings", text.as_bytes());
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(!told.concat().contains("999") && !told.concat().contains("Lane"), "{told:#?}");
}

#[test]
fn one_region_needs_no_array_and_ids_are_unique() {
    let one = REGIONS.trim_start_matches('[').trim_end_matches(']');
    assert_eq!(intake::regions(one.as_bytes(), "f").unwrap(), regions());
    let twice = format!("[{one},\n{one}]");
    assert_eq!(
        told("regions", twice.as_bytes()),
        ["f, line 3, column [1].id: 'shanghai' is already given on line 1"]
    );
}

#[test]
fn oddities_of_lade_are_noted_row_by_row() {
    let zone = chrono_tz::Asia::Shanghai;
    let day = intake::lade::orders(LADE.as_bytes(), "f", zone, 2022).unwrap();
    let told: Vec<(u64, bool)> =
        day.notes.iter().map(|note| (note.remark.line.unwrap(), note.taken)).collect();
    let taken = [(3, true), (4, true), (5, true), (6, true), (7, true), (8, true)];
    assert_eq!(told[..6], taken);
    assert_eq!(told[6..], [(9, false), (10, false), (11, false), (12, false)]);
    assert_eq!(day.orders.len(), 7);
    assert_eq!(day.date.unwrap().to_string(), "2022-06-07");
    assert_eq!(day.orders[1].requested_at, at("2022-06-07T02:00:00Z"));
    assert_eq!(day.orders[2].requested_at, day.orders[2].window.start);
    assert_eq!(day.orders[5].window.start, at("2022-06-06T16:00:00Z"));
    assert!(intake::lade::orders(b"order_id\n1\n", "f", zone, 2022).is_err());
}

/// A region in which every position lies.
fn world() -> Region {
    let id = RegionId::new("shanghai").unwrap();
    Region::new(id, "World", chrono_tz::UTC, Area::Bbox([-180.0, -90.0, 180.0, 90.0]))
}

/// Every reader on the same bytes; whatever it says, it must come back.
fn read_all(bytes: &[u8]) {
    let world = [world()];
    let programme = ProgrammeId::new("p").unwrap();
    let terms = BookingTerms {
        regions: &world,
        programme: &programme,
        requested_at: at("2026-03-01T00:00:00Z"),
        earliest: None,
    };
    let _ = intake::regions(bytes, "f");
    let _ = intake::hubs(bytes, "f", Some(&world));
    let _ = intake::couriers(bytes, "f", None);
    let _ = intake::shifts(bytes, "f", None);
    let _ = intake::bookings(bytes, "f", &terms);
    let _ = intake::places(bytes, "f", Datum::Gcj02);
    let _ = intake::lade::orders(bytes, "f", chrono_tz::Asia::Shanghai, 2022);
}

/// Good files with some bytes exchanged, put in or cut off.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let good = prop::sample::select(vec![REGIONS, HUBS, COURIERS, SHIFTS, BOOKINGS, LADE]);
    let damage = prop::collection::vec((any::<prop::sample::Index>(), 0..3_u8, any::<u8>()), 1..8);
    (good, damage).prop_map(|(good, damage)| {
        let mut bytes = good.as_bytes().to_vec();
        for (place, what, byte) in damage {
            let byte = if byte < 128 { b"\",\n\r:;0-+T"[usize::from(byte) % 10] } else { byte };
            let at = place.index(bytes.len());
            match what {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => bytes.truncate(at.max(20)),
            }
        }
        bytes
    })
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_all(&bytes);
    }

    #[test]
    fn no_damage_makes_a_reader_panic(bytes in damaged()) {
        read_all(&bytes);
    }

    #[test]
    fn totals_are_spread_exactly(total in 0..1_000_000_i64, phones in 1..19_u32) {
        let text = BOOKINGS
            .replace("phone:2", &format!("phone:{phones}"))
            .replace(",1000,", &format!(",{total},"));
        let bookings = bookings(text.as_bytes(), None).unwrap();
        prop_assert_eq!(bookings[0].demand.pickup.value, total);
    }
}
