// The four requests that this product exists for, as conversations of tool calls by the official client over
// HTTP+SSE. Nothing is known beforehand but what a person would say: names.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { WEEK, call, connect, find, organisation, startServer, v1 } from './harness.mjs';

describe('an assistant over SSE', () => {
  let server;
  let client;

  before(async () => {
    server = await startServer();
    client = await connect(new v1.SSEClientTransport(new URL('/sse', server.url)));
  });

  after(async () => {
    await client?.close();
    await server?.stop();
  });

  it('shows all my incomplete tasks due this week', async () => {
    const workspace = await organisation(client);
    const { data: me } = await call(client, 'asana_get_user');
    const found = await call(client, 'asana_search_tasks', {
      workspace,
      assignee_any: 'me',
      completed: false,
      due_on_after: '2026-11-22',
      due_on_before: '2026-11-30',
      sort_by: 'due_date',
      sort_ascending: true,
      opt_fields: 'name,due_on,completed,assignee.name',
    });
    const inWeek = (task) => task.due_on >= WEEK.monday && task.due_on <= WEEK.sunday;
    const tasks = found.data.filter(inWeek);
    assert.ok(tasks.length > 0, 'there is nothing to do this week');
    for (const task of tasks) {
      assert.equal(task.completed, false);
      assert.equal(task.assignee.gid, me.gid);
      assert.ok(task.name);
    }
    const dates = tasks.map((task) => task.due_on);
    assert.deepEqual(dates, dates.toSorted());

    // The same by the list that works on free plans.
    const mine = [];
    let offset;
    do {
      const page = await call(client, 'asana_get_tasks', {
        workspace,
        assignee: 'me',
        completed_since: 'now',
        limit: 10,
        opt_fields: 'due_on',
        ...(offset ? { offset } : {}),
      });
      mine.push(...page.data);
      offset = page.next_page?.offset;
    } while (offset);
    const gids = (list) => list.map((task) => task.gid).toSorted();
    assert.deepEqual(gids(tasks), gids(mine.filter(inWeek)));
  });

  it('creates a task in the Marketing project and assigns it to me', async () => {
    const workspace = await organisation(client);
    const project = await find(client, workspace, 'project', 'Marketing');
    const { data: me } = await call(client, 'asana_get_user', { user_id: 'me' });
    const { data: made } = await call(client, 'asana_create_task', {
      name: 'Draft the autumn newsletter',
      project_id: project,
      assignee: 'me',
      due_on: '2026-11-27',
      notes: 'Ümläuts & "quotes" survive.\nSo do lines.',
    });
    assert.match(made.gid, /^\d+$/);

    const { data: task } = await call(client, 'asana_get_task', {
      task_id: made.gid,
      opt_fields: 'name,notes,completed,due_on,assignee.name,projects.name',
    });
    assert.equal(task.name, 'Draft the autumn newsletter');
    assert.equal(task.notes, 'Ümläuts & "quotes" survive.\nSo do lines.');
    assert.equal(task.due_on, '2026-11-27');
    assert.equal(task.completed, false);
    assert.equal(task.assignee.gid, me.gid);
    assert.deepEqual(task.projects.map((one) => one.gid), [project]);

    const { data: listed } = await call(client, 'asana_get_tasks', { project, completed_since: 'now', limit: 100 });
    assert.ok(listed.some((one) => one.gid === made.gid));

    // And on with it: a comment, done, gone.
    await call(client, 'asana_create_task_story', { task_id: made.gid, text: 'First draft is up.' });
    await call(client, 'asana_update_task', { task_id: made.gid, completed: true });
    const { data: stories } = await call(client, 'asana_get_stories_for_task', {
      task_id: made.gid,
      opt_fields: 'type,text,resource_subtype',
    });
    assert.ok(stories.some((story) => story.type === 'comment' && story.text === 'First draft is up.'));
    assert.ok(stories.some((story) => story.resource_subtype === 'marked_complete'));
    await call(client, 'asana_delete_task', { task_id: made.gid });
    await assert.rejects(call(client, 'asana_get_task', { task_id: made.gid }), /404|Unknown object/);
  });

  it('names the sections of the Product Launch project', async () => {
    const workspace = await organisation(client);
    const project = await find(client, workspace, 'project', 'Product Launch');
    const { data: sections, next_page } = await call(client, 'asana_get_project_sections', { project_id: project });
    assert.ok(sections.length >= 2);
    for (const section of sections) {
      assert.match(section.gid, /^\d+$/);
      assert.ok(section.name);
    }
    assert.equal(next_page, null);

    // Page by page it is the same list.
    const paged = [];
    let offset;
    do {
      const page = await call(client, 'asana_get_project_sections', {
        project_id: project,
        limit: 1,
        ...(offset ? { offset } : {}),
      });
      paged.push(...page.data);
      offset = page.next_page?.offset;
    } while (offset);
    assert.deepEqual(paged, sections);
  });

  it('tells the status of the Q2 Planning project', async () => {
    const workspace = await organisation(client);
    const project = await find(client, workspace, 'project', 'Q2 Planning');
    const { data: statuses } = await call(client, 'asana_get_project_statuses', { project_gid: project });
    assert.ok(statuses.length > 0);
    const { data: latest } = await call(client, 'asana_get_project_status', { project_status_gid: statuses[0].gid });
    assert.match(latest.color, /^(green|yellow|red|blue|complete)$/);
    assert.ok(latest.text);
    assert.ok(latest.author.name);

    const { data: posted } = await call(client, 'asana_create_project_status', {
      project_gid: project,
      color: 'green',
      title: 'Back on track',
      text: 'Both hires have signed.',
    });
    const { data: after } = await call(client, 'asana_get_project_statuses', { project_gid: project });
    assert.equal(after[0].gid, posted.gid);
    const { data: read } = await call(client, 'asana_get_project', {
      project_id: project,
      opt_fields: 'current_status.text,current_status_update.title',
    });
    assert.equal(read.current_status.text, 'Both hires have signed.');
    assert.equal(read.current_status_update.title, 'Back on track');
  });

  it('is told what was wrong with a call, and gets it right the next time', async () => {
    const args = { workspace_gid: await organisation(client), query: 'Mark' };
    const wrong = await client.callTool({
      name: 'asana_typeahead_search',
      arguments: { ...args, resource_type: 'projects' },
    });
    assert.equal(wrong.isError, true);
    assert.match(wrong.content[0].text, /resource_type.*\bproject\b.*"projects"/s);
    const right = await call(client, 'asana_typeahead_search', { ...args, resource_type: 'project' });
    assert.ok(right.data.some((hit) => hit.name === 'Marketing'));
  });

  it('cannot search the free workspace, and learns which tool works there', async () => {
    const { data } = await call(client, 'asana_list_workspaces', { opt_fields: 'name,is_organization' });
    const free = data.find((workspace) => !workspace.is_organization);
    const refused = await client.callTool({
      name: 'asana_search_tasks',
      arguments: { workspace: free.gid, assignee_any: 'me' },
    });
    assert.equal(refused.isError, true);
    assert.match(refused.content[0].text, /asana_get_tasks/);
    const { data: tasks } = await call(client, 'asana_get_tasks', { workspace: free.gid, assignee: 'me' });
    assert.ok(Array.isArray(tasks));
  });
});
