// node graphiql.mjs URL QUERY EXPECTED: opens URL/graphql in headless Chromium, types the query as a person would, runs
// it, and waits for the expected text in the result. Any error in the page, and any request to another host, fails it.
import { chromium } from "playwright-core";

const [url, query, expected] = process.argv.slice(2);
const patience = 30_000;
const faults = [];

function watch(page) {
  page.on("pageerror", (error) => faults.push(`error in the page: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`the console says: ${message.text()}`);
  });
  page.on("requestfailed", (request) => faults.push(`${request.url()}: ${request.failure()?.errorText}`));
  page.on("request", (request) => {
    const asked = new URL(request.url());
    if (asked.protocol !== "data:" && asked.origin !== new URL(url).origin) faults.push(`foreign request: ${asked.href}`);
  });
}

async function type(page, text) {
  await page.locator(".graphiql-query-editor .CodeMirror").click({ timeout: patience });
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(text); // at once: key by key, the editor would close our brackets for us
}

async function run(page) {
  await page.goto(`${url}/graphql`, { timeout: patience });
  await type(page, query);
  await page.locator(".graphiql-execute-button").click({ timeout: patience });
  const result = page.locator(".result-window");
  try {
    await result.filter({ hasText: expected }).waitFor({ timeout: patience });
  } catch {
    faults.push(`the result doesn't contain ${JSON.stringify(expected)} but reads: ${await result.innerText({ timeout: 1000 })}`);
  }
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
try {
  const page = await browser.newPage();
  watch(page);
  await run(page);
} catch (error) {
  faults.push(error.message);
} finally {
  await browser.close();
}
for (const fault of faults) console.error(`graphiql: ${fault}`);
if (faults.length === 0) console.log(`graphiql: the result contains ${JSON.stringify(expected)}`);
process.exitCode = faults.length > 0 ? 1 : 0;
