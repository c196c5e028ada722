// The official client on each transport: connect, list, call, close.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';

import {
  SSEClientTransport,
  StreamableHTTPClientTransport,
  call,
  connect,
  startServer,
  stdioTransport,
} from './harness.mjs';

const V1 = [
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

/** What every transport must be able to do. */
async function tryOut(client) {
  assert.equal(client.getServerVersion().name, 'asana-mcp');
  await client.ping();
  const { tools } = await client.listTools();
  const names = new Set(tools.map((tool) => tool.name));
  assert.deepEqual(V1.filter((name) => !names.has(name)), []);
  const { data: me } = await call(client, 'asana_get_user');
  assert.match(me.gid, /^\d+$/);
  const args = { user_id: me.gid };
  const all = await Promise.all(Array.from({ length: 20 }, () => call(client, 'asana_get_user', args)));
  assert.ok(all.every((one) => one.data.name === me.name));
  await assert.rejects(client.callTool({ name: 'asana_get_nothing', arguments: {} }), /-32602|unknown tool/i);
}

describe('over HTTP', () => {
  let server;

  before(async () => {
    server = await startServer();
  });

  after(async () => {
    await server?.stop();
  });

  it('HTTP+SSE', async () => {
    const client = await connect(new SSEClientTransport(new URL('/sse', server.url)));
    await tryOut(client);
    await client.close();
  });

  it('Streamable HTTP', async () => {
    const transport = new StreamableHTTPClientTransport(new URL('/mcp', server.url));
    const client = await connect(transport);
    assert.ok(transport.sessionId);
    await tryOut(client);
    await transport.terminateSession();
    await client.close();
  });

  it('many clients at once', async () => {
    const clients = await Promise.all(
      Array.from({ length: 12 }, () => connect(new SSEClientTransport(new URL('/sse', server.url)))),
    );
    const answers = await Promise.all(clients.map((client) => call(client, 'asana_list_workspaces')));
    assert.ok(answers.every((answer) => answer.data.length === answers[0].data.length));
    await Promise.all(clients.map((client) => client.close()));
  });

  it('a client that tries Streamable HTTP on /sse is told to use GET', async () => {
    await assert.rejects(connect(new StreamableHTTPClientTransport(new URL('/sse', server.url))), { code: 405 });
  });
});

describe('over stdio', () => {
  it('the program is started by the client and ends with it', async () => {
    const transport = stdioTransport();
    let said = '';
    transport.stderr.on('data', (data) => (said += data));
    const ended = once(transport.stderr, 'end');
    const client = await connect(transport);
    await tryOut(client);
    await client.close();
    await ended;
    assert.doesNotMatch(said, /Sanitizer|runtime error:/);
  });
});
