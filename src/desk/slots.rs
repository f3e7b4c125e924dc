//! Slot searches: what can be promised, and by which offer.

use super::offer::OfferTerms;
use super::offering::Asked;
use super::squeezing::{Budget, last_expiry};
use super::{Desk, DeskError, FlexibleOffer, NearHub, Offer};
use crate::geo::Point;
use crate::model::{
    Booking, BookingId, BookingState, Leg, ProgrammeId, Reason, Region, RegionId, SearchId, Slot,
    TimeWindow, VisitRequest,
};
use chrono::{DateTime, Days, NaiveDate, Utc};
use std::sync::Arc;

/// A question for slots.
#[derive(Clone, Debug)]
pub struct SlotSearch {
    /// Who asks.
    pub programme: ProgrammeId,
    /// Where.
    pub region: RegionId,
    /// For what.
    pub request: VisitRequest,
    /// First date; today where absent.
    pub from: Option<NaiveDate>,
    /// How many dates; the region's horizon where absent.
    pub days: Option<u32>,
    /// Whether promises of one of several windows are asked for, too.
    pub flexible: bool,
    /// Whether a new customer asks, whom the region need not offer what costs far more than others do.
    pub is_new: bool,
}

/// The slots of the asked dates.
#[derive(Clone, Debug)]
pub struct SlotSearchAnswer {
    /// For the logs of both sides.
    pub id: SearchId,
    /// Where.
    pub region: Arc<Region>,
    /// No offer can be held after this.
    pub expires_at: DateTime<Utc>,
    /// In the order of time.
    pub slots: Vec<OfferedSlot>,
    /// For each date, if asked for and there is more than one window to choose from.
    pub flexible: Vec<FlexibleOffer>,
    /// Where the customer can go instead, nearest first.
    pub hubs: Vec<NearHub>,
}

/// One slot, with an offer or a reason.
#[derive(Clone, Debug)]
pub struct OfferedSlot {
    /// The slot.
    pub slot: Slot,
    /// The token to hold it with and the travel it adds, or why it is closed.
    pub verdict: Result<(String, Leg), Reason>,
}

impl Desk {
    /// The region in which a point lies.
    ///
    /// # Errors
    /// [`DeskError::Invalid`] when no region operates there.
    pub fn region_at(&self, point: Point) -> Result<Arc<Region>, DeskError> {
        let registry = self.registry();
        let found = registry.regions.values().find(|region| region.area.contains(point));
        found.cloned().ok_or_else(|| DeskError::Invalid {
            pointer: "/place".into(),
            message: format!(
                "{:.5}, {:.5} is outside every region; check that lon and lat are not swapped and \
                 that the datum is right",
                point.lon(),
                point.lat()
            ),
        })
    }

    /// Every slot of the asked dates, available or closed with a reason. From memory alone, once
    /// the days are loaded.
    ///
    /// # Errors
    /// [`DeskError::Invalid`] naming the field at fault, [`DeskError::Overloaded`] when too many
    /// searches wait already.
    pub async fn search_slots(&self, asked: SlotSearch) -> Result<SlotSearchAnswer, DeskError> {
        self.search_slots_for(asked, None).await
    }

    /// The same where what is booked of the offers is in the place of a booking that came to nothing.
    pub(super) async fn search_slots_for(
        &self,
        asked: SlotSearch,
        replaces: Option<BookingId>,
    ) -> Result<SlotSearchAnswer, DeskError> {
        let _inside = self.0.searches.enter()?;
        // So that those who came at the same time are counted, too, before one has had its turn.
        tokio::task::yield_now().await;
        self.searched(asked, replaces).await
    }

    /// The same for a booking that came to nothing: what is booked of its offers names it.
    pub(super) async fn searched(
        &self,
        asked: SlotSearch,
        replaces: Option<BookingId>,
    ) -> Result<SlotSearchAnswer, DeskError> {
        let region = self.region(&asked.region)?;
        let now = self.clock().now();
        let dates = dates(&region, asked.from, asked.days, now)?;
        let wanted = self.wanted(&region, &asked.programme, &asked.request, now)?;
        let wanted = Booking { replaces, ..wanted };
        let expires_at = now + region.slots.offer_ttl_s.delta();
        let terms = OfferTerms::of(&wanted, expires_at);
        let budget = Budget::new(self.0.settings.squeeze_time);
        let (mut slots, mut flexible) = (Vec::new(), Vec::new());
        for &date in &dates {
            let is_new = asked.is_new;
            let of_date = Asked { wanted: &wanted, region: &region, date, expires_at, is_new };
            let offered = self.offers_on(of_date, &terms, now, &budget).await?;
            if asked.flexible {
                let earliest = last_expiry(&region, expires_at);
                let offer = self.flexible_offer(&terms, (date, earliest), &offered, &region);
                flexible.extend(offer);
            }
            slots.extend(offered);
        }
        let hubs = self.near_hubs(&*self.day(&region.id, dates[0]).await?, wanted.place());
        Ok(SlotSearchAnswer {
            id: SearchId(self.new_id()),
            region,
            expires_at,
            slots,
            flexible,
            hubs,
        })
    }

    /// A search of the offer's date, with only the slots that still have a place: for an offer that
    /// lost its own. There are no more of them at a time than commands may wait.
    ///
    /// # Errors
    /// As [`Desk::search_slots`], but it is never too many.
    pub async fn alternatives(&self, token: &str) -> Result<SlotSearchAnswer, DeskError> {
        let offer = self.0.offers.read(token)?;
        let region = self.region(&offer.region)?;
        let today = region.date_of(self.clock().now());
        let mut answer = self
            .searched(
                SlotSearch {
                    programme: offer.programme,
                    region: offer.region,
                    request: offer.request,
                    from: Some(offer.date.max(today)),
                    days: Some(1),
                    flexible: false,
                    is_new: false,
                },
                offer.replaces,
            )
            .await?;
        answer.slots.retain(|slot| slot.verdict.is_ok());
        Ok(answer)
    }

    /// The booking that a request would become, its window left open.
    pub(super) fn wanted(
        &self,
        region: &Region,
        programme: &ProgrammeId,
        request: &VisitRequest,
        now: DateTime<Utc>,
    ) -> Result<Booking, DeskError> {
        let demand = request.demand(region).map_err(|error| DeskError::Invalid {
            pointer: error.pointer(),
            message: error.to_string(),
        })?;
        Ok(Booking {
            id: BookingId(self.new_id()),
            region: region.id.clone(),
            date: region.date_of(now),
            programme: programme.clone(),
            external_id: None,
            state: BookingState::Held,
            request: request.clone(),
            demand,
            window: TimeWindow { start: now, end: now },
            flexible: None,
            outcome: None,
            replaces: None,
            hold_expires_at: None,
            requested_at: now,
            contact: None,
        })
    }

    /// A booking for an offer's slot, in a state to be set by the caller.
    pub(super) fn booking_of(
        &self,
        offer: &Offer,
        now: DateTime<Utc>,
    ) -> Result<Booking, DeskError> {
        let region = self.region(&offer.region)?;
        let wanted = self.wanted(&region, &offer.programme, &offer.request, now)?;
        let hold_expires_at = Some(now + region.hold_s.delta());
        Ok(Booking {
            date: offer.date,
            window: offer.slot.window,
            flexible: offer.flexible.clone(),
            hold_expires_at,
            replaces: offer.replaces,
            ..wanted
        })
    }
}

/// The asked dates, within the region's horizon.
fn dates(
    region: &Region,
    from: Option<NaiveDate>,
    days: Option<u32>,
    now: DateTime<Utc>,
) -> Result<Vec<NaiveDate>, DeskError> {
    let today = region.date_of(now);
    let first = from.unwrap_or(today);
    let last = today + Days::new(u64::from(region.slots.horizon_days.max(1) - 1));
    if first < today || first > last {
        let message = format!("{first} cannot be booked: give a date from {today} to {last}");
        return Err(DeskError::Invalid { pointer: "/from".into(), message });
    }
    let count = days.unwrap_or(region.slots.horizon_days);
    if count == 0 {
        let message = "give at least 1 day".to_owned();
        return Err(DeskError::Invalid { pointer: "/days".into(), message });
    }
    Ok(first.iter_days().take(count as usize).take_while(|date| *date <= last).collect())
}
