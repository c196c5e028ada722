// What is said between a request and its answer, and between requests: questions to the person, progress, log levels,
// changed resources.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { PATIENCE, call, callTool, connect, connectAt, during, isModern, startWorld, v1, v2 } from './harness.mjs';

let world;
let project;

before(async () => {
  world = await startWorld();
  [project] = await world.asana('GET', '/projects?limit=1&opt_fields=name');
});

after(async () => {
  await world?.stop();
});

const ELICITS = { capabilities: { elicitation: {} } };

// Each way to connect, with what the client declares.
const WAYS = {
  'SDK v1, HTTP+SSE': (options) => connect(new v1.SSEClientTransport(world.sse), options),
  'SDK v1, Streamable HTTP': (options) => connect(new v1.StreamableHTTPClientTransport(world.mcp), options),
  'SDK v1, stdio': (options) => connect(new v1.StdioClientTransport(world.stdio), options),
  'SDK v2, Streamable HTTP, 2025-06-18': (options) =>
    connectAt('2025-06-18', new v2.StreamableHTTPClientTransport(world.mcp), options),
  'SDK v2, Streamable HTTP, 2026-07-28': (options) =>
    connectAt('2026-07-28', new v2.StreamableHTTPClientTransport(world.mcp), options),
  'SDK v2, stdio, 2026-07-28': (options) => connectAt('2026-07-28', new v2.StdioClientTransport(world.stdio), options),
};

/** Handles requests of a method / notifications of a method, which each line of the SDK names in its own way. */
function onRequest(client, method, schema, handle) {
  client.setRequestHandler(client instanceof v1.Client ? v1[schema] : method, handle);
}

function onNotification(client, method, schema, handle) {
  client.setNotificationHandler(client instanceof v1.Client ? v1[schema] : method, handle);
}

async function newTask(name) {
  return world.asana('POST', '/tasks', { name, projects: [project.gid] });
}

const exists = (task) =>
  world.asana('GET', `/tasks/${task.gid}`).then(
    () => true,
    () => false,
  );

describe('the person is asked before something is deleted', { concurrency: 4 }, () => {
  for (const [way, open] of Object.entries(WAYS)) {
    for (const action of ['accept', 'decline'])
      it(`${way}: ${action}`, PATIENCE, () =>
        during(open(ELICITS), async (client) => {
          const task = await newTask(`to ${action}`);
          const asked = [];
          onRequest(client, 'elicitation/create', 'ElicitRequestSchema', async ({ params }) => {
            asked.push(params.message);
            assert.ok(await exists(task));
            return action === 'accept' ? { action, content: {} } : { action };
          });
          const result = await callTool(client, 'asana_delete_task', { task_id: task.gid });
          assert.equal(asked.length, 1);
          assert.ok(asked[0].includes(task.gid), asked[0]);
          assert.equal(await exists(task), action === 'decline');
          assert.equal(result.isError ?? false, action === 'decline');
        }),
      );

    it(`${way}: not, when the client cannot ask`, PATIENCE, () =>
      during(open(), async (client) => {
        const task = await newTask('to delete');
        await call(client, 'asana_delete_task', { task_id: task.gid });
        assert.equal(await exists(task), false);
      }),
    );
  }
});

describe('progress of a call with several requests', { concurrency: 4 }, () => {
  for (const [way, open] of Object.entries(WAYS))
    it(way, PATIENCE, () =>
      during(open(), async (client) => {
        const steps = [];
        const onprogress = (step) => steps.push(step.progress);
        const result = await callTool(client, 'search', { query: project.name }, { onprogress });
        assert.ok(!result.isError);
        assert.ok(steps.length > 0);
        assert.deepEqual(steps, [...new Set(steps)].toSorted((a, b) => a - b));
      }),
    );
});

describe('a changed resource', { concurrency: 6 }, () => {
  for (const [way, open] of Object.entries(WAYS))
    it(way, PATIENCE, () =>
      during(open(), async (client) => {
        const task = await newTask('watched');
        const uri = `asana://task/${task.gid}`;
        const told = new Promise((resolve) =>
          onNotification(client, 'notifications/resources/updated', 'ResourceUpdatedNotificationSchema', resolve),
        );
        const listening = isModern(client) && (await client.listen({ resourceSubscriptions: [uri] }));
        if (listening) assert.deepEqual(listening.honoredFilter.resourceSubscriptions, [uri]);
        else await client.subscribeResource({ uri });
        await world.asana('PUT', `/tasks/${task.gid}`, { name: 'changed meanwhile' });
        const { params } = await told;
        assert.equal(params.uri, uri);
        const { contents } = await client.readResource({ uri }, { cacheMode: 'bypass' });
        assert.match(contents[0].text, /changed meanwhile/);
        if (listening) await listening.close();
        else await client.unsubscribeResource({ uri });
      }),
    );
});

describe('the level of the log', () => {
  for (const [way, open] of Object.entries(WAYS))
    it(way, PATIENCE, () =>
      during(open(), async (client) => {
        if (isModern(client)) {
          // Each request says it for itself.
          const params = {
            name: 'asana_get_user',
            arguments: {},
            _meta: { 'io.modelcontextprotocol/logLevel': 'debug' },
          };
          assert.ok(!(await client.callTool(params)).isError);
          return;
        }
        await client.setLoggingLevel('warning');
        await assert.rejects(client.setLoggingLevel('loud'));
        await call(client, 'asana_get_user');
      }),
    );
});
