// Each page that a person can meet, in a real browser: what it says to assistive technology, how it works with the keyboard
// and without scripts, that nothing is fetched from elsewhere, that it fits a phone, and that its text can be read.
// ASANA_MCP_PICTURES=FOLDER keeps a picture of each.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { PATIENCE, startServer } from './harness.mjs';
import { ADA, DANIEL, atAsana, command, scratch, startApp, startChromium } from './sign_in.mjs';

let folder;
let store;
let server;
let app;
let browser;

before(async () => {
  folder = await scratch();
  store = `sqlite:${path.join(folder, 'store.db')}`;
  [server, app, browser] = await Promise.all([
    startServer('--auth', 'oauth', '--store', store),
    startApp(),
    startChromium(),
  ]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
  await app?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function register(client_name, redirectUri = app.redirectUri) {
  const answer = await fetch(`${server.url}/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ client_name, redirect_uris: [redirectUri], token_endpoint_auth_method: 'none' }),
  });
  assert.equal(answer.status, 201);
  return (await answer.json()).client_id;
}

/** Where a client sends people's browsers. */
function authorize(client_id, more = {}) {
  const asked = {
    response_type: 'code',
    client_id,
    redirect_uri: app.redirectUri,
    state: 'of the client',
    resource: `${server.url}/mcp`,
    code_challenge: randomBytes(32).toString('base64url'),
    code_challenge_method: 'S256',
    ...more,
  };
  return `${server.url}/authorize?${new URLSearchParams(asked)}`;
}

/** A browser of its own; what it complains about, and asks of strangers, is in `trouble`. */
async function open(options) {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const trouble = [];
  const known = () => [server.url, new URL(app.redirectUri).origin];
  page.on('console', (message) => {
    // A page with a status of 400 or 403 is one to Chromium.
    if (!/status of 4\d\d/.test(message.text())) trouble.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => trouble.push(String(error)));
  page.on('request', (request) => {
    const { origin, pathname } = new URL(request.url());
    const asana = pathname.startsWith('/-/oauth_');
    if (!known().includes(origin) && !asana) trouble.push(`asked ${request.url()}`);
    if (request.resourceType() !== 'document') trouble.push(`fetched a ${request.resourceType()}: ${request.url()}`);
  });
  return { context, page, trouble };
}

/** What a page is like, found out inside of it. */
function inspect() {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const wrong = [];
  const expect = (good, text) => good || wrong.push(text);
  expect(document.documentElement.lang === 'en', 'no language');
  expect(document.title.includes(' · '), `title: ${document.title}`);
  for (const [selector, count] of Object.entries({ 'body > header': 1, main: 1, 'body > footer': 1, h1: 1, script: 0 }))
    expect(all(selector).length === count, `${all(selector).length} × ${selector}`);
  expect(all('[tabindex],[onclick],[target]').length === 0, 'attributes that a page has no need of');
  let level = 0;
  for (const heading of all('h1,h2,h3,h4')) {
    expect(+heading.tagName[1] <= level + 1, `${heading.tagName} after H${level}`);
    level = +heading.tagName[1];
  }
  for (const control of all('input:not([type=hidden]),textarea,button,a,summary')) {
    if (!control.checkVisibility()) continue;
    const label = control.labels?.[0] ?? control;
    expect(control.ariaLabel || label.innerText.trim(), `nameless: ${control.outerHTML}`);
    // WCAG 2.5.8; links within a text may be smaller.
    const { width, height } = label.getBoundingClientRect();
    if (control.tagName !== 'A') expect(width >= 24 && height >= 24, `small: ${control.outerHTML}`);
  }
  expect(document.documentElement.scrollWidth <= innerWidth, `${document.documentElement.scrollWidth} px wide`);

  // WCAG 1.4.3
  const rgb = (text) => text.match(/[\d.]+/g).map(Number);
  const light = (parts) => {
    const [r, g, b] = parts.map((part) => (part /= 255) && (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (; element; element = element.parentElement) {
      const color = rgb(getComputedStyle(element).backgroundColor);
      if (color[3] !== 0) return color;
    }
    return [255, 255, 255];
  };
  for (const element of all('body *')) {
    const says = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!says || !element.checkVisibility()) continue;
    const [dark, bright] = [rgb(getComputedStyle(element).color), ground(element)].map((c) => light(c.slice(0, 3))).sort((a, b) => a - b);
    const contrast = (bright + 0.05) / (dark + 0.05);
    expect(contrast >= 4.5, `contrast ${contrast.toFixed(2)}: ${element.outerHTML.slice(0, 80)}`);
  }
  return wrong;
}

/** Goes around with the Tab key: what is reached, in which order, and that one sees where one is. */
async function goAround(page) {
  const reached = [];
  const last = async () =>
    page.evaluate(() => {
      const at = document.activeElement;
      if (!at || at === document.body) return null;
      const { top, left } = at.getBoundingClientRect();
      const name = (at.ariaLabel ?? at.labels?.[0]?.innerText ?? at.innerText).trim().split('\n')[0];
      return { name, top: top + scrollY, left, seen: getComputedStyle(at).outlineStyle !== 'none' };
    });
  await page.evaluate(() => scrollTo(0, 0));
  await page.mouse.click(1, 1);
  for (;;) {
    await page.keyboard.press('Tab');
    const at = await last();
    if (!at || reached.some((one) => one.top === at.top && one.left === at.left)) break;
    assert.ok(at.seen, `one does not see that ${at.name} has the focus`);
    const before = reached.at(-1);
    if (before) assert.ok(at.top > before.top || (at.top === before.top && at.left > before.left), `${at.name} comes after ${before.name}`);
    reached.push(at);
  }
  return reached.map((one) => one.name);
}

/** Looks at the page that is open, as people have it before them. */
async function look(page, name) {
  for (const colorScheme of ['light', 'dark'])
    for (const width of [1280, 360]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      assert.deepEqual(await page.evaluate(inspect), [], `${name}, ${colorScheme}, ${width} px`);
      const pictures = process.env.ASANA_MCP_PICTURES;
      if (pictures) await page.screenshot({ path: path.join(pictures, `${name}-${colorScheme}-${width}.png`), fullPage: true });
    }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1280, height: 800 });
  return goAround(page);
}

const press = (page, name) => page.getByRole('button', { name, exact: true }).click();

/** Presses that button and lets Asana's page come. */
async function toAsana(page, name) {
  await press(page, name);
  await page.waitForURL((url) => url.origin !== server.url);
}

const FOOT = 'Your connected assistants';

describe('pages', { concurrency: 2 }, () => {
  it('consent, with the keyboard alone and without scripts', PATIENCE, async () => {
    const { page, trouble } = await open({ javaScriptEnabled: false });
    await page.goto(authorize(await register('An <assistant> & "more"')));
    assert.equal(await page.locator('h1').innerText(), 'Let An <assistant> & "more" work in your Asana?');
    const around = ['Read and change', 'Choose areas of Asana all, if you leave this as it is', 'Allow', 'Cancel', FOOT];
    assert.deepEqual(await look(page, 'consent'), around);

    const keys = async (...names) => {
      for (const key of names) await page.keyboard.press(key);
    };
    await page.locator('body').press('Tab');
    await page.getByRole('radio', { name: /Read and change/ }).focus();
    await keys('ArrowDown', 'Tab', 'Enter', 'Tab', 'Space');
    assert.ok(await page.getByRole('radio', { name: /Read only/ }).isChecked());
    assert.equal((await look(page, 'consent-areas')).length, around.length + 12);

    await page.getByRole('button', { name: 'Allow' }).focus();
    await Promise.all([page.waitForURL((url) => url.origin !== server.url), keys('Enter')]);
    await page.getByRole('radio', { name: ADA }).focus();
    await keys('Space');
    await page.getByRole('button', { name: 'Allow', exact: true }).focus();
    await Promise.all([page.waitForURL(/\/callback\?/), keys('Enter')]);
    assert.ok(new URL(page.url()).searchParams.get('code'));
    assert.deepEqual(trouble, []);
  });

  it('no to the assistant, and no to Asana', PATIENCE, async () => {
    const { page, trouble } = await open();
    const id = await register('Unwanted');
    await page.goto(authorize(id));
    await press(page, 'Cancel');
    await page.waitForURL(/\/callback\?/);
    assert.equal(new URL(page.url()).searchParams.get('error'), 'access_denied');
    assert.equal(new URL(page.url()).searchParams.get('iss'), server.url);
    await page.goto(authorize(id));
    await toAsana(page, 'Allow');
    await atAsana(page, ADA, 'Deny');
    assert.equal(new URL(page.url()).searchParams.get('error'), 'access_denied');
    assert.deepEqual(trouble, []);
  });

  it('two at once, finished in the other order', PATIENCE, async () => {
    const { context, page, trouble } = await open();
    await page.goto(`${server.url}/account`);
    const id = await register('Twice');
    const second = await context.newPage();
    for (const [tab, state] of [[page, 'first'], [second, 'second']]) await tab.goto(authorize(id, { state }));
    for (const tab of [page, second]) await toAsana(tab, 'Allow');
    for (const [tab, state] of [[second, 'second'], [page, 'first']]) {
      await atAsana(tab, ADA);
      const told = new URL(tab.url()).searchParams;
      assert.ok(told.get('code'));
      assert.equal(told.get('state'), state);
    }
    assert.deepEqual(trouble, []);
  });

  it('an app with an address of its own', PATIENCE, async () => {
    const { page, trouble } = await open();
    const redirect_uri = 'cursor://anysphere.cursor-mcp/oauth/callback';
    await page.goto(authorize(await register('Cursor', redirect_uri), { redirect_uri }));
    await toAsana(page, 'Allow');
    await atAsana(page, ADA);
    assert.match(await page.getByRole('link', { name: 'Go back to Cursor' }).getAttribute('href'), /^cursor:\S+code=/);
    await look(page, 'return_to_app');
    // The browser has nobody for that address, and says so in its own way.
    assert.deepEqual(trouble.filter((text) => !/cursor:/.test(text)), []);
  });

  it('an assistant that is not known', PATIENCE, async () => {
    const { page, trouble } = await open();
    const answer = await page.goto(authorize('never-registered'));
    assert.equal(answer.status(), 400);
    const around = await look(page, 'client_not_found');
    for (const name of ['Claude Code', 'mcp-remote']) assert.ok(around.some((one) => one.startsWith(name)), name);
    await page.locator('summary', { hasText: 'Claude Code' }).click();
    assert.match(await page.innerText('main'), /Clear authentication/);
    assert.deepEqual(trouble, []);
    // mcp-remote asks by itself before it opens a browser, and registers anew when it hears this.
    const program = await fetch(authorize('never-registered'), { headers: { Accept: 'application/json' } });
    assert.equal((await program.json()).error, 'invalid_client');
  });

  it('a request that makes no sense', PATIENCE, async () => {
    const { page, trouble } = await open();
    const answer = await page.goto(authorize(await register('Astray'), { redirect_uri: 'https://evil.example/callback' }));
    assert.equal(answer.status(), 400);
    assert.deepEqual(await look(page, 'error'), [FOOT]);
    assert.deepEqual(trouble, []);
  });

  it('the account: signing in, disconnecting, signing out', PATIENCE, async () => {
    const { page, trouble } = await open();
    const id = await register('Helper');
    await page.goto(`${server.url}/account`);
    assert.deepEqual(await look(page, 'sign_in'), ['Sign in with Asana', FOOT]);
    await page.goto(authorize(id));
    await toAsana(page, 'Allow');
    await atAsana(page, 'Fatima Al-Rashid');
    await page.goto(`${server.url}/account`);
    await look(page, 'account');
    assert.match(await page.innerText('main'), /Fatima Al-Rashid[^]*Helper/);
    await press(page, 'Disconnect Helper');
    await page.getByRole('status').waitFor();
    await look(page, 'account-empty');
    assert.match(await page.innerText('main'), /No assistant is connected/);
    await press(page, 'Sign out');
    await page.getByText('You are signed out').waitFor();
    await look(page, 'signed_out');
    await toAsana(page, 'Sign in with Asana');
    await atAsana(page, 'Fatima Al-Rashid');
    assert.equal(page.url(), `${server.url}/account`);
    assert.match(await page.innerText('main'), /Fatima Al-Rashid/);
    assert.deepEqual(trouble, []);
  });

  it('somebody who is blocked asks to be let in', PATIENCE, async () => {
    const { page, trouble } = await open();
    const url = authorize(await register('Wanted'));
    await page.goto(url);
    await toAsana(page, 'Allow');
    const gid = await page.getByRole('radio', { name: DANIEL }).getAttribute('value');
    await command('block', 'person', gid, '--reason', 'a test', '--store', store);
    // The server hears of it within a second: until then, it lets him in.
    for (;;) {
      await atAsana(page, DANIEL);
      if (new URL(page.url()).origin === server.url) break;
      await page.goto(url);
      if (new URL(page.url()).origin === server.url) break;
    }
    assert.equal(await page.locator('h1').innerText(), 'You cannot use this here');
    assert.deepEqual(await look(page, 'blocked'), ['What do you need it for? (you may leave this empty)', 'Send the request', FOOT]);
    await page.getByRole('textbox').fill('The weekly report <now>');
    await press(page, 'Send the request');
    await page.getByText('Your request is sent').waitFor();
    await look(page, 'request_sent');
    assert.match(await command('requests', '--store', store), /The weekly report <now>/);
    assert.deepEqual(trouble, []);
  });
});
