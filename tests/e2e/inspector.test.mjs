// The MCP Inspector's command line, which connects anew for each request.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { PATIENCE, TOKEN, environment, packaged, startWorld } from './harness.mjs';

let world;
let folder;
let project;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'asana-mcp-inspector-'));
  world = await startWorld();
  [project] = await world.asana('GET', '/projects?limit=1&opt_fields=name');
});

after(async () => {
  await world?.stop();
  await rm(folder, { recursive: true, force: true });
});

const INSPECTOR = packaged('@modelcontextprotocol', 'inspector', 'clients', 'launcher', 'build', 'index.js');

/** A target is what comes last on the command line: a URL or a program, with the options about it. */
function start(target, args) {
  const options = { env: environment({ HOME: folder }), stdio: ['ignore', 'pipe', 'pipe'] };
  return spawn(process.execPath, [INSPECTOR, '--cli', ...args, ...target], options);
}

/** Runs it once; what it prints is one JSON object. */
async function inspect(target, ...args) {
  const child = start(target, [...args, '--format', 'json']);
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].on('data', (data) => (said[name] += data));
  const code = await new Promise((resolve) => child.once('close', resolve));
  assert.equal(code, 0, `${args.join(' ')}: ended with ${code}:\n${said.stdout}\n${said.stderr}`);
  assert.doesNotMatch(said.stderr, /Sanitizer|runtime error:/);
  return JSON.parse(said.stdout).result;
}

/** What the Inspector has commands for. */
async function tryOut(target, { legacy = true } = {}) {
  const run = (method, ...args) => inspect(target, '--method', method, ...args);

  // --strict: a schema that some assistant cannot take fails the command.
  const { tools } = await run('tools/list', '--strict');
  assert.ok(tools.some((one) => one.name === 'asana_search_tasks'));
  const answer = await run('tools/call', '--tool-name', 'asana_get_project', '--tool-arg', `project_id=${project.gid}`);
  assert.equal(JSON.parse(answer.content[0].text).data.name, project.name);

  const { resourceTemplates } = await run('resources/templates/list');
  assert.ok(resourceTemplates.some((one) => one.uriTemplate === 'asana://project/{gid}'));
  const { contents } = await run('resources/read', '--uri', `asana://project/${project.gid}`);
  assert.ok(contents[0].text.includes(project.name));
  const prompt = ['--prompt-name', 'project_status_report', '--prompt-args', `project=${project.name}`];
  const { messages } = await run('prompts/get', ...prompt);
  assert.ok(messages[0].content.text.includes(project.name));
  if (legacy) await run('logging/setLevel', '--log-level', 'warning');
}

/** The Inspector has no command that cancels; but at 2026-07-28 one that ends takes its request with it. */
async function tryCancel(target) {
  const held = world.gate.hold();
  const call = ['--method', 'tools/call', '--tool-name', 'asana_get_user', '--tool-args-json'];
  const child = start(target, [...call, JSON.stringify({ user_id: held.gid })]);
  const ended = new Promise((resolve) => child.once('close', resolve));
  await held.arrived;
  child.kill('SIGKILL');
  await held.dropped;
  await ended;
}

describe('MCP Inspector CLI', { concurrency: 5 }, () => {
  const stdio = () => ['-e', `ASANA_ACCESS_TOKEN=${TOKEN}`, '--', world.stdio.command, ...world.stdio.args];

  it('HTTP+SSE, 2025-11-25', PATIENCE, () => tryOut(['--transport', 'sse', world.sse.href]));

  it('Streamable HTTP, 2025-11-25', PATIENCE, () => tryOut(['--transport', 'http', world.mcp.href]));

  it('Streamable HTTP, 2026-07-28', PATIENCE, async () => {
    const target = ['--transport', 'http', '--protocol-era', 'modern', world.mcp.href];
    await tryOut(target, { legacy: false });
    await tryCancel(target);
  });

  it('stdio, 2025-11-25', PATIENCE, () => tryOut(stdio()));

  it('stdio, 2026-07-28', PATIENCE, () => tryOut(['--protocol-era', 'modern', ...stdio()], { legacy: false }));
});
