//! `import`: files into the database, all or nothing, and once.

use super::doorstep::{Home, city};

const NOW: &str = "2026-03-01T12:00:00+08:00";

fn import_bookings(home: &Home, files: &[&str]) -> super::doorstep::Done {
    home.run_with([&["import", "bookings", "--clock", NOW], files].concat())
}

/// The first bookings of the fixtures, each with its own order number and on this date.
fn bookings(numbers: std::ops::RangeInclusive<u32>, date: &str) -> String {
    let text = std::fs::read_to_string(city("bookings.csv")).unwrap();
    let mut lines = text.lines();
    let header = lines.next().unwrap();
    let (_, columns) = lines.next().unwrap().split_once(',').unwrap();
    let columns = columns.replace("2026-03-02", date);
    let rows: Vec<String> = numbers.map(|number| format!("order-{number},{columns}\n")).collect();
    format!("{header}\n{}", rows.concat())
}

#[tokio::test]
async fn the_city_of_the_fixtures() {
    let home = Home::new();
    home.import_city();
    let done = import_bookings(&home, &[&city("bookings.csv")]).ok();
    assert!(done.stdout.ends_with("bookings.csv: 600 taken in\n"), "{}", done.stdout);
    let rows = home.rows().await;
    assert!(
        rows.starts_with("regions 1\nhubs 3\ncouriers 30\nroster 30\nbookings 600\n"),
        "{rows}"
    );
}

#[tokio::test]
async fn the_same_bookings_are_taken_in_once() {
    let home = Home::new();
    home.import_city();
    let file = home.file("bookings.csv", bookings(1..=3, "2026-03-02"));
    import_bookings(&home, &[&file]).ok();
    let rows = home.rows().await;
    let again = import_bookings(&home, &[&file]).ok().stdout;
    assert_eq!(again, format!("{file}: 0 taken in, 3 were there already\n"));
    assert_eq!(home.rows().await, rows);
    let more = home.file("more.csv", bookings(3..=5, "2026-03-02"));
    let more = import_bookings(&home, &[&more]).ok().stdout;
    assert!(more.ends_with("2 taken in, 1 were there already\n"), "{more}");
}

/// The earlier day is written first: nothing of it may stay when the later one cannot be.
#[tokio::test]
async fn of_two_days_none_is_taken_when_one_is_at_fault() {
    let home = Home::new();
    home.import_city();
    let file = home.file("bookings.csv", bookings(1..=1, "2026-03-05"));
    import_bookings(&home, &[&file]).ok();
    let before = home.rows().await;
    let first = home.file("first.csv", bookings(2..=9, "2026-03-02"));
    let taken = home.file("taken.csv", bookings(1..=1, "2026-03-03"));
    let message = import_bookings(&home, &[&first, &taken]).refused(1);
    assert!(message.contains("external_id 'order-1' already belongs to bkg_"), "{message}");
    assert_eq!(home.rows().await, before);
    let far = home.file("far.csv", bookings(10..=10, "2027-03-02"));
    let message = import_bookings(&home, &[&first, &far]).refused(1);
    assert!(message.contains("no plan for 2027-03-02"), "{message}");
    assert_eq!(home.rows().await, before);
}

#[tokio::test]
async fn an_order_number_in_two_files_is_one_too_many() {
    let home = Home::new();
    home.import_city();
    let before = home.rows().await;
    let first = home.file("first.csv", bookings(1..=3, "2026-03-02"));
    let second = home.file("second.csv", bookings(3..=4, "2026-03-02"));
    let message = import_bookings(&home, &[&first, &second]).refused(1);
    assert!(message.contains("'order-3'"), "{message}");
    assert_eq!(home.rows().await, before);
}

#[tokio::test]
async fn of_several_files_all_are_taken_or_none() {
    let home = Home::new();
    let header = "id,region,name,lon,lat,opens,closes";
    home.run_with(["import", "regions", &city("regions.json")]).ok();
    let before = home.rows().await;
    let good = home.file("good.csv", format!("{header}\nh1,shanghai,A,121.47,31.23,08:00,22:00\n"));
    let bad = home.file("bad.csv", format!("{header}\nh2,shanghai,B,31.23,121.47,08:00,22:00\n"));
    let message = home.run_with(["import", "hubs", &good, &bad]).refused(1);
    assert!(message.contains("bad.csv, line 2"), "{message}");
    assert_eq!(home.rows().await, before);
    let other =
        home.file("other.csv", format!("{header}\nh2,shanghai,B,121.47,31.23,08:00,22:00\n"));
    let done = home.run_with(["import", "hubs", &good, &other]).ok();
    assert_eq!(done.stdout, format!("{good}: 1 taken in\n{other}: 1 taken in\n"));
    assert!(home.rows().await.contains("hubs 2\n"));
}
