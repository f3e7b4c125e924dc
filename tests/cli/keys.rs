//! API keys by the command line.

use super::doorstep::Home;

#[test]
fn a_key_is_shown_once_and_alone() {
    let home = Home::new();
    let token = home.run("keys create --role checkout --programme my-shop").ok().stdout;
    assert_eq!(token.lines().count(), 1);
    let token = token.trim();
    assert!(token.starts_with("dsk_") && token.len() > 40, "{token}");
    let list = home.run("keys list").ok().stdout;
    assert_eq!(list.lines().count(), 1);
    assert!(list.contains("checkout") && list.contains("my-shop") && list.contains("in use"));
    assert!(!list.contains(token), "the list shows a token");
}

#[test]
fn a_revoked_key_stays_in_the_list_and_can_be_revoked_again() {
    let home = Home::new();
    home.key("--role admin");
    let list = home.run("keys list").ok().stdout;
    let id = list.split_whitespace().next().unwrap();
    let revoked = home.run(&format!("keys revoke {id}")).ok().stdout;
    assert_eq!(revoked, format!("{id} revoked\n"));
    assert!(home.run("keys list").ok().stdout.contains("revoked"));
    let again = home.run(&format!("keys revoke {id}")).ok().stdout;
    assert_eq!(again, format!("{id} was revoked already\n"));
}

#[test]
fn what_a_key_names_must_be_there() {
    let home = Home::new();
    let unknown = "keys revoke key_0123456789abcdef0123456789abcdef";
    assert!(home.run(unknown).refused(1).contains("keys list"));
    let courier = home.run("keys create --role courier --courier c1").refused(1);
    assert!(courier.contains("there is no courier 'c1': import it first"), "{courier}");
    let region = home.run("keys create --role dispatcher --region atlantis").refused(1);
    assert!(region.contains("there is no region 'atlantis': import it first"), "{region}");
    assert_eq!(home.run("keys list").ok().stdout, "");
}
