// What is asked of the API to change a day. Everything is proposed first: an answer goes with the tag
// that names what it rests on, and applying it gives that back. What changes the day is done once,
// though its answer be lost and somebody press the button again.

import { given, type Api, type Schemas } from "../../shared/api";
import { Once } from "../../shared/once";
import type { MoveBody } from "./places";

export type MoveReport = Schemas["MoveReportView"];
export type Disruption = Schemas["DisruptionView"];
export type BookingChange = Schemas["BookingChangeView"];
export type RouteDifference = Schemas["RouteDifferenceView"];
export type Violation = Schemas["PlanViolationView"];
export type Spot = Schemas["SpotView"];
export type Cost = Schemas["CostView"];
export type Budget = Schemas["BudgetBody"];
export type Rebalance = Schemas["RebalanceView"];
export type Replan = Schemas["ReplanView"];
export type Operation = Schemas["OperationView"];
export type DisturbanceBody = Schemas["DisturbanceBody"];
export type Upset = Schemas["UpsetView"];
export type Urgent = Schemas["UrgentView"];
export type Lock = Schemas["LockView"];
export type LockBody = Schemas["LockBody"];
export type Change = Schemas["ChangeView"];
export type LoggedEvent = Schemas["EventView"];

/** An answer, and the tag that names what it rests on. */
export interface Tagged<Answer> {
    answer: Answer;
    tag: string;
}

/** The calls about one day. */
export class DayCalls {
    readonly #api: Api;
    readonly #path: { region: string; date: string };
    readonly #once = new Once();

    constructor(api: Api, path: { region: string; date: string }) {
        this.#api = api;
        this.#path = path;
    }

    async checkMoves(moves: MoveBody[], signal: AbortSignal): Promise<Tagged<MoveReport>> {
        const params = { path: this.#path };
        const path = "/v1/regions/{region}/days/{date}/moves:check";
        return tagged(await this.#api.POST(path, { params, body: { moves }, signal }));
    }

    makeMoves(moves: MoveBody[], tag: string, accept_lateness: boolean): Promise<MoveReport> {
        const body = { moves, accept_lateness };
        return this.#once.do(["moves", tag, body], async (key) => {
            const params = { path: this.#path, header: { "If-Match": tag, ...key } };
            const path = "/v1/regions/{region}/days/{date}/moves";
            return given(await this.#api.POST(path, { params, body }));
        });
    }

    async proposeRebalance(body: Schemas["RebalanceBody"]): Promise<Tagged<Rebalance>> {
        const params = { path: this.#path };
        const path = "/v1/regions/{region}/days/{date}/rebalance-proposals";
        return tagged(await this.#api.POST(path, { params, body }));
    }

    applyRebalance(id: string, tag: string): Promise<Rebalance> {
        return this.#once.do(["rebalance", id, tag], async (key) => {
            const params = { path: { ...this.#path, id }, header: { "If-Match": tag, ...key } };
            const path = "/v1/regions/{region}/days/{date}/rebalance-proposals/{id}/apply";
            return given(await this.#api.POST(path, { params }));
        });
    }

    /** Begins a search that is not waited for. */
    beginReplan(body: Schemas["ReplanBody"]): Promise<Operation> {
        return this.#once.do(["replan", body], async (key) => {
            const params = { path: this.#path, header: { Prefer: "respond-async", ...key } };
            const path = "/v1/regions/{region}/days/{date}/replan";
            return given(await this.#api.POST(path, { params, body })) as Operation;
        });
    }

    async operation(id: string): Promise<Operation> {
        return given(await this.#api.GET("/v1/operations/{id}", { params: { path: { id } } }));
    }

    async cancelOperation(id: string): Promise<Operation> {
        return given(
            await this.#api.POST("/v1/operations/{id}/cancel", { params: { path: { id } } }),
        );
    }

    async replanProposal(id: string): Promise<Tagged<Replan>> {
        const params = { path: { ...this.#path, id } };
        const path = "/v1/regions/{region}/days/{date}/replan-proposals/{id}";
        return tagged(await this.#api.GET(path, { params }));
    }

    applyReplan(id: string, tag: string): Promise<Replan> {
        return this.#once.do(["replan", id, tag], async (key) => {
            const params = { path: { ...this.#path, id }, header: { "If-Match": tag, ...key } };
            const path = "/v1/regions/{region}/days/{date}/replan-proposals/{id}/apply";
            return given(await this.#api.POST(path, { params }));
        });
    }

    disturb(body: DisturbanceBody): Promise<Upset | Urgent> {
        return this.#once.do(["disturbance", body], async (header) => {
            const params = { path: this.#path, header };
            const path = "/v1/regions/{region}/days/{date}/disturbances";
            return given(await this.#api.POST(path, { params, body }));
        });
    }

    async settle(number: number): Promise<void> {
        const params = { path: { ...this.#path, number } };
        await this.#api.DELETE("/v1/regions/{region}/days/{date}/disturbances/{number}", {
            params,
        });
    }

    async locks(): Promise<Lock[]> {
        const params = { path: this.#path };
        return given(await this.#api.GET("/v1/regions/{region}/days/{date}/locks", { params }))
            .locks;
    }

    async lock(body: LockBody): Promise<Lock> {
        const params = { path: this.#path };
        return given(
            await this.#api.POST("/v1/regions/{region}/days/{date}/locks", { params, body }),
        );
    }

    async unlock(number: number): Promise<void> {
        const params = { path: { ...this.#path, number } };
        await this.#api.DELETE("/v1/regions/{region}/days/{date}/locks/{number}", { params });
    }

    async changes(): Promise<Change[]> {
        const params = { path: this.#path };
        return given(await this.#api.GET("/v1/regions/{region}/days/{date}/changes", { params }))
            .changes;
    }

    undo(change: number): Promise<Disruption> {
        return this.#once.do(["undo", change], async (header) => {
            const params = { path: this.#path, header };
            const path = "/v1/regions/{region}/days/{date}/undo";
            return given(await this.#api.POST(path, { params, body: { change } })).disruption;
        });
    }

    /** What happened after an event of the day's log. */
    async eventsAfter(after: number): Promise<LoggedEvent[]> {
        const params = { path: this.#path, query: { after, limit: 1000 } };
        return given(await this.#api.GET("/v1/regions/{region}/days/{date}/events", { params }))
            .events;
    }
}

function tagged<Answer>(answer: { data?: Answer; response: Response }): Tagged<Answer> {
    return { answer: given(answer), tag: answer.response.headers.get("ETag") ?? "" };
}
