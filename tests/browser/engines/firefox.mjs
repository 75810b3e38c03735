/** Drives Firefox: one command a line in JSON on standard input, its answer on standard output. */

import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { default: puppeteer } = await import(createRequire(`${process.cwd()}/.browsers/`).resolve("puppeteer-core"));

const browser = await puppeteer.launch({ browser: "firefox", executablePath: process.argv[2], headless: true });
const page = await browser.newPage();
const commands = {
  open: async ({ url, width, height }) => { await page.setViewport({ width, height }); await page.goto(url); },
  evaluate: ({ code }) => page.evaluate(code),
  press: async ({ keys }) => {
    for (const key of keys) await page.keyboard.down(key);
    for (const key of keys.reverse()) await page.keyboard.up(key);
  },
  type: ({ text }) => page.keyboard.type(text),
  photograph: async ({ file }) => { await page.screenshot({ path: file }); },
};
for await (const line of createInterface({ input: process.stdin })) {
  const { name, ...given } = JSON.parse(line);
  const answer = await commands[name](given).then((value) => ({ value: value ?? null }), (error) => ({ error: String(error) }));
  console.log(JSON.stringify(answer));
}
await browser.close();
