// What the dispatcher is about to change: one for each board, shared by the timeline and the tools.

import { ALL, routesOf } from "../changes";
import type { Schemas } from "../../shared/api";
import type { StreamEvent } from "../../shared/stream";
import { useBoard, type Board } from "../state.svelte";
import { DayCalls, type LoggedEvent, type Rebalance, type Replan, type Upset } from "./calls";
import { Doing } from "./doing.svelte";
import { Moving } from "./moving.svelte";
import { inOrder, type Place } from "./places";
import { project } from "./projection";
import { Proposing, type Proposer } from "./proposing.svelte";
import { Searching } from "./searching.svelte";
import { Sketch } from "./sketching.svelte";

export const TOOLS = ["move", "balance", "replan", "upset", "locks", "changes", "urgent"] as const;

export type Tool = (typeof TOOLS)[number];

/** Stops that the pointer carries. */
export interface Drag {
    moving: Moving;
    x: number;
    y: number;
    /** The place below the pointer; null where they are there already, or where none is. */
    place: Place | null;
}

/** What others do to the plan comes in several events: they are answered together. */
const TOGETHER_MS = 150;

export class Planning {
    readonly board: Board;
    readonly calls: DayCalls;
    tool = $state<Tool>("move");
    /** The proposal that is shown with the tools. */
    moving = $state.raw<Moving | null>(null);
    drag = $state.raw<Drag | null>(null);
    /** Counts the events that tell of locks, disturbances and changes: lists of them are read again. */
    news = $state(0);
    readonly balance: Proposing<Schemas["RebalanceBody"], Rebalance>;
    readonly replan: Proposing<Schemas["ReplanBody"], Replan>;
    readonly searching: Searching;
    readonly upsetting = new Doing<Upset>();
    readonly sketch = new Sketch();
    /** What a search did that was applied at once. */
    replanned = $state.raw<Replan | null>(null);
    replanProblem = $state.raw<Error | null>(null);
    #heard = 0;
    #overtaking: LoggedEvent[] = [];
    #timer: ReturnType<typeof setTimeout> | undefined;

    constructor(board: Board) {
        this.board = board;
        this.calls = new DayCalls(board.api, board.day.path);
        this.searching = new Searching(this.calls);
        this.balance = new Proposing(this.#balancing());
        this.replan = new Proposing(this.#replanning());
        board.day.onEvent((event) => this.#hear(event));
    }

    /** What is about to be done to which bookings, and where it stands: dragged, or shown with the tools. */
    get current(): Moving | null {
        return this.drag?.moving ?? this.moving;
    }

    /** Opens a tool beside the map. */
    show(tool: Tool): void {
        this.tool = tool;
        this.board.pane = "tools";
        this.board.view = "pane";
    }

    /** Has the dispatcher show something on the map, and comes back to the tools then. */
    askOnMap(what: "area" | "place"): void {
        this.board.view = "map";
        this.sketch.ask(what, () => (this.board.view = "pane"));
    }

    /** Begins to move bookings; where they would do least harm, unless a place is given. */
    begin(bookings: Iterable<string>, place: Place = { to: "anywhere" }): void {
        const moving = this.newMoving(bookings);
        this.open(moving);
        void moving.choose(place);
    }

    newMoving(bookings: Iterable<string>): Moving {
        const { board } = this.board.day;
        const ordered = board ? inOrder(board, bookings) : [...bookings];
        const host = {
            calls: this.calls,
            heard: () => this.#heard,
            refresh: () => void this.board.day.refresh(),
        };
        return new Moving(host, ordered);
    }

    open(moving: Moving): void {
        if (this.moving !== moving) this.moving?.stop();
        this.moving = moving;
        this.show("move");
    }

    close(): void {
        this.moving?.stop();
        this.moving = null;
    }

    /** Drops what is dragged: it is shown with the tools, to be applied or not. */
    drop(): void {
        const { drag } = this;
        this.drag = null;
        if (!drag) return;
        if (drag.place) this.open(drag.moving);
        else drag.moving.stop();
    }

    cancelDrag(): void {
        this.drag?.moving.stop();
        this.drag = null;
    }

    async proposeReplan(body: Schemas["ReplanBody"]): Promise<void> {
        this.replanned = null;
        this.replanProblem = null;
        await this.replan.propose(body);
    }

    async replanAtOnce(body: Schemas["ReplanBody"]): Promise<void> {
        this.replan.dismiss();
        this.replanned = null;
        this.replanProblem = null;
        try {
            this.replanned = await this.searching.run(body);
        } catch (error) {
            this.replanProblem = error as Error;
        }
    }

    #balancing(): Proposer<Schemas["RebalanceBody"], Rebalance> {
        return {
            workOut: (asked) => this.calls.proposeRebalance(asked),
            apply: (id, tag) => this.calls.applyRebalance(id, tag),
            project: (disruption) => project(this.board, disruption),
        };
    }

    #replanning(): Proposer<Schemas["ReplanBody"], Replan> {
        return {
            workOut: async (asked) => {
                const found = await this.searching.run(asked);
                return found?.id ? this.calls.replanProposal(found.id) : null;
            },
            apply: (id, tag) => this.calls.applyReplan(id, tag),
            project: (disruption) => project(this.board, disruption),
        };
    }

    #hear(told: StreamEvent): void {
        const event = (told.data ?? {}) as Partial<LoggedEvent>;
        if (typeof event.seq === "number") this.#heard = event.seq;
        if (told.kind === "hello") return;
        this.news += 1;
        if (this.#isInTheWay(told, event)) this.#overtake(event as LoggedEvent);
    }

    /** Whether an event is about something that the open proposal rests on. */
    #isInTheWay(told: StreamEvent, event: Partial<LoggedEvent>): boolean {
        const { moving } = this;
        if (!moving || moving.done || moving.isApplying) return false;
        if (event.subject && moving.bookings.includes(event.subject)) return true;
        const named = routesOf(told, (booking) => this.board.spot(booking)?.lane.route.id);
        return named === ALL || moving.routes().some((route) => named.has(route));
    }

    #overtake(event: LoggedEvent): void {
        this.#overtaking.push(event);
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => {
            const events = this.#overtaking;
            this.#overtaking = [];
            void this.moving?.overtaken(events);
        }, TOGETHER_MS);
    }
}

const known = new WeakMap<Board, Planning>();

/** What is planned on the page's board. */
export function usePlanning(): Planning {
    const board = useBoard();
    const found = known.get(board) ?? new Planning(board);
    known.set(board, found);
    return found;
}
