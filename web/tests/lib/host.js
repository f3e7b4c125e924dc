// A shop's own page on another host, with the policy that `docs/picker.md` asks for.

import { createServer } from "node:http";
import { once } from "node:events";

/** Notes what the picker tells the page. */
const SCRIPT = `
  window.told = [];
  for (const name of ["hold", "release", "lost", "error"]) {
    document.addEventListener("doorstep-" + name, ({ detail }) => told.push([name, detail]));
  }`;

/** Serves the page that `show` is given; `service` is the only other host that it may talk to. */
export async function hostServer() {
  let html = "";
  let policy = "";
  const server = createServer((request, response) => {
    const isScript = request.url === "/shop.js";
    response.setHeader("Content-Type", `text/${isScript ? "javascript" : "html"}; charset=utf-8`);
    response.setHeader("Content-Security-Policy", policy);
    response.end(isScript ? SCRIPT : html);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    show(page, service) {
      html = page.trim();
      policy =
        `default-src 'none'; script-src 'self' ${service}; connect-src ${service}; ` +
        "img-src data:; base-uri 'none'; form-action 'none'";
    },
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}
