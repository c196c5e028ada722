// The page at "/" that people send to colleagues, in a real browser: with and without scripts, wide and narrow, light and dark.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { PATIENCE, startServer } from './harness.mjs';
import { startChromium } from './sign_in.mjs';

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startServer('--auth', 'oauth'), startChromium()]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** The page, and what the browser complained about. */
async function open(options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const trouble = [];
  page.on('console', (message) => trouble.push(message.text()));
  page.on('pageerror', (error) => trouble.push(String(error)));
  page.on('request', (request) => request.resourceType() === 'document' || trouble.push(`fetched ${request.url()}`));
  await page.goto(server.url);
  return { context, page, trouble };
}

describe('landing page', PATIENCE, () => {
  for (const width of [360, 1280])
    for (const colorScheme of ['light', 'dark'])
      it(`fits ${width} pixels in ${colorScheme} and asks nobody for anything`, async () => {
        const { context, page, trouble } = await open({ colorScheme, viewport: { width, height: 800 } });
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
        const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number));
        assert.equal(ground[0] > 128, colorScheme === 'light');
        assert.deepEqual(trouble, []);
        await context.close();
      });

  it('shows a recipe for each client and every tool without a script', async () => {
    const { context, page, trouble } = await open({ javaScriptEnabled: false });
    assert.equal(await page.locator('#address').innerText(), `${server.url}/mcp`);
    assert.equal(await page.locator('#list details').count(), 46);
    assert.ok(await page.getByRole('region', { name: 'Claude', exact: true }).isVisible());
    await page.getByText('Cursor', { exact: true }).click();
    assert.ok(await page.getByRole('region', { name: 'Cursor', exact: true }).isVisible());
    assert.ok(!(await page.getByRole('region', { name: 'Claude', exact: true }).isVisible()));
    assert.ok((await page.locator('#entry-cursor').innerText()).includes(server.url));
    assert.equal(await page.getByRole('button', { name: 'Copy' }).count(), 0);
    assert.ok(!(await page.locator('#search').isVisible()));
    assert.deepEqual(trouble, []);
    await context.close();
  });

  it('copies the address, and finds tools by what is typed', async () => {
    const { context, page, trouble } = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await page.locator('button[data-copy=address]').click();
    await page.getByText('Copied').waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${server.url}/mcp`);
    await page.getByLabel('Search the tools').fill('delete');
    assert.ok(await page.getByText('asana_delete_task', { exact: true }).isVisible());
    assert.ok(!(await page.getByText('asana_get_goal', { exact: true }).isVisible()));
    await page.getByLabel('Search the tools').fill('');
    assert.ok(await page.getByText('asana_get_goal', { exact: true }).isVisible());
    assert.deepEqual(trouble, []);
    await context.close();
  });
});
