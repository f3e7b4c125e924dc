// Short words about what just happened, until they are put away.

export interface Notice {
    id: number;
    tone: "good" | "warn" | "bad";
    text: string;
    /** The booking it is about, to go to. */
    booking?: string;
}

/** Older ones make way: all of them are in the activity, too. */
const MOST = 3;

export class Notices {
    list = $state.raw<readonly Notice[]>([]);
    #count = 0;

    tell(notice: Omit<Notice, "id">): void {
        this.#count += 1;
        this.list = [...this.list, { ...notice, id: this.#count }].slice(-MOST);
    }

    dismiss(id: number): void {
        this.list = this.list.filter((notice) => notice.id !== id);
    }
}
