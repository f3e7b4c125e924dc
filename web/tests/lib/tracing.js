// Chromium's own trace of what a page's main thread does.

const CATEGORIES = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline", "v8"];

/** What takes less is not a stall. */
const STALL_MS = 100;

/** Parts of a task that say what it was busy with. */
const PARTS = new Set([
  "EvaluateScript",
  "FireAnimationFrame",
  "FunctionCall",
  "HitTest",
  "Layout",
  "MajorGC",
  "MinorGC",
  "Paint",
  "PrePaint",
  "RunMicrotasks",
  "TimerFire",
  "UpdateLayoutTree",
  "v8.compile",
  "Commit",
  "EventDispatch",
  "HandlePostMessage",
]);

/** Runs something, and tells what the page's main thread did meanwhile. */
export async function traced(page, work) {
  const devtools = await page.context().newCDPSession(page);
  const events = [];
  devtools.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  const completed = new Promise((resolve) => devtools.once("Tracing.tracingComplete", resolve));
  await devtools.send("Tracing.start", {
    traceConfig: { includedCategories: CATEGORIES },
    transferMode: "ReportEvents",
  });
  const answer = await work();
  await devtools.send("Tracing.end");
  await completed;
  await devtools.detach();
  return { answer, ...summed(events) };
}

/** The longest task with its parts, and how many tasks were stalls. */
function summed(events) {
  const thread = mainThread(events);
  const mine = events.filter((event) => event.ph === "X" && threadOf(event) === thread);
  const tasks = mine.filter(({ name }) => name === "RunTask" || name.endsWith("::RunTask"));
  const longest = tasks.reduce((best, task) => (task.dur > best.dur ? task : best), { dur: 0 });
  const stalls = tasks.filter(({ dur }) => dur > STALL_MS * 1000);
  return { longest_ms: longest.dur / 1000, stalls: stalls.length, parts: partsOf(longest, mine) };
}

const threadOf = ({ pid, tid }) => `${pid} ${tid}`;

/** Of the renderer that lays out the most: the page's own. */
function mainThread(events) {
  const counts = new Map();
  for (const event of events.filter(({ name }) => name === "UpdateLayoutTree" || name === "Paint"))
    counts.set(threadOf(event), (counts.get(threadOf(event)) ?? 0) + 1);
  const [most] = [...counts].sort((one, other) => other[1] - one[1]);
  return most?.[0];
}

/** Milliseconds of a task by what it was busy with; a part inside another counts for both. */
function partsOf(task, events) {
  const parts = {};
  for (const { name, ts, dur } of events) {
    const isInside = ts >= task.ts && ts + dur <= task.ts + task.dur;
    if (isInside && PARTS.has(name)) parts[name] = (parts[name] ?? 0) + dur / 1000;
  }
  return Object.entries(parts)
    .filter(([, ms]) => ms >= 3)
    .sort((one, other) => other[1] - one[1])
    .map(([name, ms]) => `${name} ${ms.toFixed(0)}`)
    .join(", ");
}
