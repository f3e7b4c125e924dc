//! The demo's visitors: a key for each, and the links that let them in.

use super::CliError;
use crate::city::City;
use crate::desk::{Desk, NewKey, Role};
use crate::model::{CourierId, ProgrammeId, Region};
use crate::simulation::Rider;
use chrono::NaiveDate;

/// The keys of the demo.
pub(super) struct Keys {
    pub(super) checkout: String,
    picker: String,
    dispatcher: String,
    admin: String,
    /// Every courier's.
    couriers: Vec<String>,
}

impl Keys {
    pub(super) async fn make(desk: &Desk, city: &City) -> Result<Self, CliError> {
        let programme = ProgrammeId::new("demo-shop").map_err(CliError::failed)?;
        let key = |role| NewKey { role, programme: None, region: None, courier: None };
        let of_shop = |role| NewKey { programme: Some(programme.clone()), ..key(role) };
        let dispatcher = NewKey { region: Some(city.region.id.clone()), ..key(Role::Dispatcher) };
        let made = async |new: NewKey| desk.create_key(new).await.map(|(_, token)| token);
        let of_courier =
            |id: &CourierId| NewKey { courier: Some(id.clone()), ..key(Role::Courier) };
        let mut couriers = Vec::with_capacity(city.couriers.len());
        for courier in &city.couriers {
            couriers.push(made(of_courier(&courier.id)).await?);
        }
        Ok(Self {
            checkout: made(of_shop(Role::Checkout)).await?,
            picker: made(of_shop(Role::Picker)).await?,
            dispatcher: made(dispatcher).await?,
            admin: made(key(Role::Admin)).await?,
            couriers,
        })
    }

    /// The couriers, who drive by themselves.
    pub(super) fn riders(&self, base: &str, seed: u64, date: NaiveDate) -> Vec<Rider> {
        self.couriers.iter().map(|token| Rider::new(base, token.clone(), seed, date)).collect()
    }

    pub(super) fn welcome(&self, base: &str, region: &Region, date: NaiveDate) -> String {
        let Self { checkout, picker, dispatcher, admin, couriers } = self;
        let courier = couriers.first().map(String::as_str).unwrap_or_default();
        let id = &region.id;
        format!(
            "Doorstep demo: {name} on {date}. Customers book and couriers drive by themselves. Ctrl-C ends it.\n\n\
             open   {base}/dispatch#region={id}&date={date}&key={dispatcher}\n       \
                    {base}/courier#date={date}&key={courier}   a courier's phone\n       \
                    {base}/checkout#key={checkout}   book a slot, follow it by its link\n       \
                    {base}/docs   the API, to try out (Authorize with a key below)\n\n\
             keys   checkout    {checkout}\n       \
                    picker      {picker}\n       \
                    courier     {courier}\n       \
                    dispatcher  {dispatcher}\n       \
                    admin       {admin}\n\n\
             try    curl -H 'Authorization: Bearer {dispatcher}' {base}/v1/regions/{id}/days/{date}\n       \
                    curl -H 'Authorization: Bearer {courier}' '{base}/v1/couriers/me/route?date={date}'\n\n",
            name = region.name,
        )
    }
}
