//! Bookings that cannot wait for a slot.

use super::App;
use super::booking::{BookingView, ContactBody};
use super::device::{self, DeviceBody};
use super::disturbance::NotedView;
use super::keyed::kept;
use super::moment;
use super::place::PlaceBody;
use super::problem::{FieldError, Problem};
use super::slot::{ReasonView, SlotView};
use super::text;
use crate::desk::{Desk, DeskError, Order, Render, Slip, SlotSearch, Urgent};
use crate::model::{Booking, BookingKind, ProgrammeId, Region, RegionId, TimeWindow, VisitRequest};
use axum::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use utoipa::ToSchema;

/// A booking that cannot wait.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UrgentBody {
    /// Whose it is.
    #[schema(value_type = String, example = "shop")]
    programme: ProgrammeId,
    /// What is to be done where.
    request: UrgentRequestBody,
    /// Who to ask for at the door.
    contact: ContactBody,
    /// The programme's own order number, unique per programme; 1 to 128 characters.
    #[serde(default, deserialize_with = "text::external_id")]
    #[schema(min_length = 1, max_length = 128)]
    external_id: Option<String>,
    /// When service is to begin; from now on for two hours where absent.
    window: Option<UrgentWindowBody>,
}

/// What is to be done where.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UrgentRequestBody {
    /// The door.
    place: PlaceBody,
    /// What happens there.
    #[schema(schema_with = super::schema::booking_kind)]
    kind: BookingKind,
    /// What is collected, or for a `delivery` what is handed over.
    devices: Vec<DeviceBody>,
    /// For an `exchange`, what is handed over; where empty, as many and as heavy as `devices`.
    #[serde(default)]
    handover: Vec<DeviceBody>,
}

/// When service is to begin. It need not be a slot.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UrgentWindowBody {
    /// Not earlier.
    #[serde(deserialize_with = "moment::given")]
    start: DateTime<Utc>,
    /// Not later.
    #[serde(deserialize_with = "moment::given")]
    end: DateTime<Utc>,
}

/// An urgent booking that has a place.
#[derive(Serialize, ToSchema)]
pub(super) struct UrgentView {
    /// The booking.
    booking: BookingView,
}

impl UrgentBody {
    /// Books it; where nobody can do it, the problem has the slots of the date that are left.
    pub(super) async fn book(
        self,
        app: &App,
        desk: &Desk,
        (region, date): (&RegionId, NaiveDate),
        slip: Option<Slip>,
    ) -> Result<NotedView, Problem> {
        let asked = self.asked()?;
        let (programme, request) = (asked.programme.clone(), asked.request.clone());
        let ticket = slip.map(|slip| {
            let app = app.clone();
            let answer = move |region: &Region, booking: &Booking| {
                kept(StatusCode::CREATED, None, &noted(&app, region, booking))
            };
            slip.ticket(Render::Booking(Arc::new(answer)))
        });
        match desk.book_urgent(region, date, asked, app.repair, ticket).await {
            Ok(booking) => {
                let settings = app.desk.region(region)?;
                Ok(noted(app, &settings, &booking))
            }
            Err(DeskError::SlotTaken { reason }) => {
                let search = SlotSearch {
                    programme,
                    region: region.clone(),
                    request,
                    from: Some(date),
                    days: Some(1),
                    flexible: false,
                    is_new: false,
                };
                let mut answer = app.desk.search_slots(search).await?;
                answer.slots.retain(|slot| slot.verdict.is_ok());
                let slots = answer.slots.into_iter();
                let slots = slots.map(|slot| SlotView::new(&answer.region, slot)).collect();
                Err(Problem::slot_taken(ReasonView::for_dispatcher(&reason), slots))
            }
            Err(other) => Err(other.into()),
        }
    }

    fn asked(self) -> Result<Urgent, Problem> {
        let Self { programme, request, contact, external_id, window } = self;
        let window = window.map(|UrgentWindowBody { start, end }| TimeWindow::new(start, end));
        let window = window
            .transpose()
            .map_err(|error| Problem::invalid(vec![FieldError::at("/window", error)]))?;
        let request = VisitRequest {
            place: request.place.to_wgs84()?,
            kind: request.kind,
            devices: device::devices(request.devices),
            handover: device::devices(request.handover),
            skills: BTreeSet::new(),
        };
        let order = Order { external_id, contact: contact.into() };
        Ok(Urgent { programme, request, window, order })
    }
}

fn noted(app: &App, region: &Region, booking: &Booking) -> NotedView {
    let booking = BookingView::new(region, booking, app.desk.tracking());
    NotedView::Urgent(Box::new(UrgentView { booking }))
}
