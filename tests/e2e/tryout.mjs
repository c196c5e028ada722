// What every client must be able to do on every transport.

import assert from 'node:assert/strict';

import { call, callTool, find, isModern, organisation } from './harness.mjs';

export const V1_TOOLS = [
  'asana_create_project_status',
  'asana_create_task',
  'asana_create_task_story',
  'asana_delete_task',
  'asana_get_project',
  'asana_get_project_sections',
  'asana_get_project_status',
  'asana_get_project_statuses',
  'asana_get_projects',
  'asana_get_stories_for_task',
  'asana_get_task',
  'asana_get_tasks',
  'asana_get_user',
  'asana_list_workspaces',
  'asana_search_tasks',
  'asana_typeahead_search',
  'asana_update_task',
];

export async function tryTools(client) {
  assert.equal(client.getServerVersion().name, 'asana-mcp');
  const { tools } = await client.listTools();
  const names = new Set(tools.map((tool) => tool.name));
  assert.deepEqual(V1_TOOLS.filter((name) => !names.has(name)), []);
  const { data: me } = await call(client, 'asana_get_user');
  assert.match(me.gid, /^\d+$/);
  const args = { user_id: me.gid };
  const all = await Promise.all(Array.from({ length: 5 }, () => call(client, 'asana_get_user', args)));
  assert.ok(all.every((one) => one.data.name === me.name));
  const refused = await callTool(client, 'asana_get_task', { task_id: '1', nonsense: true });
  assert.ok(refused.isError);
  await assert.rejects(client.callTool({ name: 'asana_get_nothing', arguments: {} }), /-32602|unknown tool/i);
}

export async function tryResources(client) {
  const { resourceTemplates } = await client.listResourceTemplates();
  const templates = resourceTemplates.map((one) => one.uriTemplate);
  for (const kind of ['task', 'project', 'portfolio', 'goal', 'user'])
    assert.ok(templates.includes(`asana://${kind}/{gid}`), `${kind} is not among ${templates}`);
  const { resources } = await client.listResources();
  assert.ok(resources.length > 0);
  const project = await find(client, await organisation(client), 'project', 'Marketing');
  const uri = `asana://project/${project}`;
  const { contents } = await client.readResource({ uri });
  assert.equal(contents[0].uri, uri);
  assert.equal(contents[0].mimeType, 'text/markdown');
  assert.match(contents[0].text, /Marketing/);
  const codes = [-32002, -32602]; // before 2026-07-28, and in it
  await assert.rejects(client.readResource({ uri: 'asana://task/1' }), (error) => codes.includes(error.code));
}

export async function tryPrompts(client) {
  const { prompts } = await client.listPrompts();
  const names = prompts.map((prompt) => prompt.name);
  for (const name of ['weekly_review', 'my_day', 'project_status_report', 'plan_project', 'triage_overdue'])
    assert.ok(names.includes(name), `${name} is not among ${names}`);
  const prompt = { name: 'project_status_report', arguments: { project: 'Marketing' } };
  const { messages } = await client.getPrompt(prompt);
  assert.match(messages[0].content.text, /Marketing/);
  await assert.rejects(client.getPrompt({ name: 'project_status_report', arguments: {} }), { code: -32602 });
}

export async function tryCompletion(client) {
  const typed = (ref, name, value) => client.complete({ ref, argument: { name, value } });
  const prompt = await typed({ type: 'ref/prompt', name: 'project_status_report' }, 'project', 'Mark');
  assert.ok(prompt.completion.values.length > 0);
  const template = await typed({ type: 'ref/resource', uri: 'asana://project/{gid}' }, 'gid', 'Mark');
  assert.ok(template.completion.values.length > 0);
}

/** A call that is cancelled once Asana has been asked is cancelled there, too. */
export async function tryCancel(client, gate) {
  const held = gate.hold();
  const changed = new AbortController();
  const waiting = callTool(client, 'asana_get_user', { user_id: held.gid }, { signal: changed.signal });
  await held.arrived;
  changed.abort('the person changed their mind');
  await assert.rejects(waiting);
  await held.dropped;
  await call(client, 'asana_get_user');
}

/** In the newest revision, a client that goes away takes its requests with it. */
export async function tryLeaving(client, gate) {
  const held = gate.hold();
  const left = assert.rejects(callTool(client, 'asana_get_user', { user_id: held.gid }));
  await held.arrived;
  await client.close();
  await held.dropped;
  await left;
}

/** All that every client can do, whatever it speaks. */
export async function tryAll(client) {
  await tryTools(client);
  await tryResources(client);
  await tryPrompts(client);
  if (client.getServerCapabilities().completions) await tryCompletion(client);
}

/** And what the SDK's own clients can do beside. The newest revision has no ping. */
export async function tryOut(client, gate) {
  await tryAll(client);
  if (!isModern(client)) await client.ping();
  await tryCancel(client, gate);
}
