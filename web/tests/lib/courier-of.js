// The courier who is to come to a booking, as far as its customer sees what they do.

import assert from "node:assert/strict";
import { REGION } from "./service.js";

let told = 0;

/** Their name, where they are seen, and what they tell. */
export async function courierOf(service, booking) {
  const path = `/v1/regions/${REGION}/days/${booking.date}`;
  const { body } = await service.call(service.keys.dispatcher, "GET", path);
  const visits = (route) => route.stops.some((stop) => stop.booking_id === booking.id);
  const { courier } = body.routes.find(visits);
  const asked = { role: "courier", courier: courier.id };
  const made = await service.call(service.keys.admin, "POST", "/v1/keys", asked);
  const key = made.body.token;
  const now = async () =>
    Date.parse((await service.call(null, "GET", "/healthz")).headers.get("Date"));
  return {
    async isSeen(place) {
      const at = new Date(await now()).toISOString();
      const positions = [{ at, place, accuracy_m: 12 }];
      const path = "/v1/couriers/me/positions";
      const answer = await service.call(key, "POST", path, { positions });
      assert.ok(answer.status < 300, JSON.stringify(answer.body));
    },
    firstName: courier.name.split(" ")[0],
    lastName: courier.name.split(" ")[1],
    async tells(type, more = {}) {
      // One after the other, by the service's clock.
      const happened = new Date((await now()) + ++told).toISOString();
      const event = { id: `event-${told}`, type, at: happened, booking_id: booking.id };
      const events = [{ ...event, ...more }];
      const answer = await service.call(key, "POST", "/v1/couriers/me/events", { events });
      assert.equal(answer.body.results?.[0].status, "recorded", JSON.stringify(answer.body));
    },
  };
}
