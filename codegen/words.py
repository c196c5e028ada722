"""What `codegen new` knows of Asana's vocabulary: how things are called, and what arguments are.

The lock says names and shapes; which string is a gid, and what a person should be told about it,
stands here, once for all operations.
"""

from __future__ import annotations

import re

# Words of operationIds and paths that people call otherwise.
NOUNS = {
    "custom id": "own ID",
    "deprecated portfolio membership": "portfolio membership",
    "enum option": "option",
    "ooo entry": "out-of-office entry",
    "ooo entries": "out-of-office entries",
    "rbac role": "role",
    "status": "status update",
    "statuses": "status updates",
    "time tracking entry": "time entry",
    "time tracking entries": "time entries",
    "timesheet approval status": "timesheet approval",
    "timesheet approval statuses": "timesheet approvals",
}

# First folder of a path, or the last one in it, and the toolset that it belongs to.
TOOLSETS = {
    "access_requests": "memberships",
    "agents": "automation",
    "audit_log_events": "administration",
    "batch": "automation",
    "budgets": "budgets",
    "custom_field_settings": "custom_fields",
    "custom_fields": "custom_fields",
    "custom_types": "custom_fields",
    "enum_options": "custom_fields",
    "events": "automation",
    "exports": "administration",
    "favorites": "users",
    "goal_relationships": "goals",
    "jobs": "automation",
    "memberships": "memberships",
    "ooo_entries": "users",
    "organization_exports": "administration",
    "portfolio_memberships": "memberships",
    "project_briefs": "projects",
    "project_memberships": "memberships",
    "project_portfolio_settings": "portfolios",
    "project_statuses": "projects",
    "project_templates": "templates",
    "rates": "budgets",
    "reactions": "tasks",
    "roles": "administration",
    "rule_triggers": "automation",
    "sections": "projects",
    "status_updates": "status_updates",
    "stories": "tasks",
    "subtasks": "tasks",
    "tags": "tags",
    "task_templates": "templates",
    "team_memberships": "memberships",
    "time_tracking_categories": "time_tracking",
    "time_tracking_entries": "time_tracking",
    "timesheet_approval_statuses": "time_tracking",
    "user_task_list": "tasks",
    "user_task_lists": "tasks",
    "webhooks": "automation",
    "workspace_memberships": "memberships",
}
NEW_TOOLSETS = {
    "administration": ("Administration", "Roles, audit log and exports of an organization."),
    "automation": ("Automation", "Rules, agents, jobs, webhooks, events, and batches of requests."),
    "budgets": ("Budgets", "Budgets of projects and rates of people."),
    "custom_fields": ("Custom fields", "Custom fields, their options, and where they are used."),
    "memberships": ("Memberships", "Who is in what, with which rights, and who asks to be."),
    "status_updates": ("Status updates", "Status updates of projects, portfolios and goals."),
    "tags": ("Tags", "Tags and what carries them."),
    "templates": ("Templates", "Templates of projects and tasks, and what is made from them."),
    "time_tracking": ("Time tracking", "Time that was spent on tasks, and timesheets."),
}

BACKGROUND = "Asana works on it in the background; the answer is the job that does it."

# Titles and descriptions that no pattern makes.
SAID = {
    "addSupportingRelationship": (
        "Link what supports a goal",
        "Make a project, task, portfolio or other goal count towards a goal.",
    ),
    "addTaskForSection": (
        "Move a task into a section",
        "Put a task into a section of a project; it leaves its other section there.",
    ),
    "approveAccessRequest": ("Approve an access request", "Let the person in who asked for it."),
    "createAttachmentForObject": (
        "Attach a file or a link",
        "Attach a file (name, and text or base64) to a task, project or project brief, or a link:"
        " url and name with resource_subtype external.",
    ),
    "createBatchRequest": (
        "Send several requests at once",
        "Send 1 to 10 requests to Asana's API in one, each {\"method\", \"relative_path\", \"data\","
        " \"options\"}. They run in no set order, and each succeeds or fails for itself: look at every"
        " status_code. Prefer the tool made for the purpose.",
    ),
    "createGoalMetric": (
        "Set up a goal's metric",
        "Give a goal a metric by which its progress is measured, in place of the one it has.",
    ),
    "getEvents": (
        "List what changed in an object",
        "List what happened to a task, project or other object since a sync token, which each answer"
        " gives for the next call; the first call, without one, only gives a token.",
    ),
    "getWorkspaceEvents": (
        "List what changed in a workspace",
        "List what happened in a workspace since a sync token, which each answer gives for the next"
        " call; the first call, without one, only gives a token.",
    ),
    "getTaskForCustomID": (
        "Get a task by its own ID",
        "Read the task that carries an ID of the workspace's own, such as ENG-12.",
    ),
    "getReactionsOnObject": (
        "List reactions",
        "List who reacted with an emoji to a status update, story or other object.",
    ),
    "insertEnumOptionForCustomField": (
        "Move an option of a custom field",
        "Place an option of a custom field before or after another one.",
    ),
    "insertSectionForProject": (
        "Move a section in its project",
        "Place a section of a project before or after another one.",
    ),
    "instantiateProject": (
        "Create a project from a template",
        f"Create a project as a template has it. {BACKGROUND}",
    ),
    "instantiateTask": (
        "Create a task from a template",
        f"Create a task as a template has it. {BACKGROUND}",
    ),
    "projectSaveAsTemplate": (
        "Save a project as a template",
        f"Make a template of a project. {BACKGROUND}",
    ),
    "rejectAccessRequest": ("Reject an access request", "Turn down the person who asked for it."),
    "removeSupportingRelationship": (
        "Unlink what supports a goal",
        "Let a project, task, portfolio or other goal no longer count towards a goal.",
    ),
    "searchProjectsForWorkspace": (
        "Search projects",
        "Find projects of a workspace by words, people, dates and state. When you know the name,"
        " asana_typeahead_search is quicker.",
    ),
    "typeaheadForWorkspace": (
        "Find by name",
        "Find objects of one kind by a part of their name, the likeliest first.",
    ),
    "triggerRule": (
        "Run a rule",
        "Set off a rule that waits for an incoming request, and hand it data.",
    ),
}

# operationIds that would make no good name.
NAMES = {
    "addFollowers": "add_goal_followers",
    "createAttachmentForObject": "create_attachment_for_object",
    "createBatchRequest": "send_batch",
    "addSupportingRelationship": "add_goal_supporting_relationship",
    "createStatusForObject": "create_status_update",
    "createSubtaskForTask": "create_subtask",
    "getTimeTrackingEntriesForTimeTrackingCategory": "get_time_tracking_entries_for_category",
    "getWorkspaces": "list_workspaces",
    "removeFollowerForTask": "remove_task_followers",
    "projectSaveAsTemplate": "save_project_as_template",
    "removeFollowers": "remove_goal_followers",
    "removeSupportingRelationship": "remove_goal_supporting_relationship",
}

# Where an object tells its workspace, when its fields mislead: schema/visible.json.
PLACES = {"story": {"path": "/stories/", "under": "target"}}

# A batch may hold anything, so it is kept from whoever may not do the worst.
EFFECTS = {"createBatchRequest": "delete"}

MORE_EVENTS = "call again with sync set to this answer's sync, until has_more is false."

# Arguments that are sent by no tool: for programs, or written by Asana whatever the lock says.
UNSENT = frozenset(
    """opt_pretty external gid resource_type current_status current_status_update owned_by_app
    assignee_status custom_types.*""".split()
)

PEOPLE = frozenset(
    """assignee owner user user_gid actor_gid member assigned_by created_by commented_on_by
    liked_by""".split()
)
PEOPLE_LISTS = frozenset("followers members people_value".split())
TEXTS = frozenset("description message notes text text_value".split())
# Strings of neither kind; whatever else is a string names an object.
WORDS = frozenset(
    """access_level approval_statuses color currency_code custom_id custom_label emoji_base
    event_type icon id_prefix include name query resource_subtype role status sync target_url text
    text_value title url""".split()
)
WORD_LISTS = frozenset(["input_restrictions"])
# Of a webhook this is an address, of an access request an object.
BY_OPERATION = {("createWebhook", "target"): "string", ("createMembership", "role"): "string"}

ABOUT = {
    "actions": 'Each with "method" (get, post, …), "relative_path" (/tasks/12), "data": the query of a'
    ' get, else the fields; "options": limit, offset, fields.',
    "after_enum_option": "Option to stand after.",
    "after_section": "Section to stand after.",
    "assignee": '"me", gid or e-mail.',
    "before_enum_option": "Option to stand before.",
    "before_section": "Section to stand before.",
    "contribution_weight": "0 to 1; how much it counts.",
    "connect_to_app": "Of a link: show it as the app's.",
    "currency_code": "ISO 4217, as in EUR.",
    "custom_fields": '{"FIELD_GID": value}; an option by its gid.',
    "duration_minutes": "Whole minutes.",
    "emoji_base": "The emoji, without skin tone.",
    "followers": 'Comma list: "me", gids or e-mails.',
    "html_description": "XML in one <body>.",
    "html_notes": "Description as XML in one <body>.",
    "html_text": "XML in one <body>.",
    "include": "Comma list of what is copied, too.",
    "insert_after": "What it shall stand after.",
    "insert_before": "What it shall stand before.",
    "item": "Project or other object.",
    "members": 'Comma list: "me", gids or e-mails.',
    "notes": "Description as plain text.",
    "organization": "The workspace's gid.",
    "resource": "Object that it is about.",
    "resource_subtype": "",
    "supported_goal": "Goal that is supported.",
    "supporting_resource": "Project, task, portfolio or goal.",
    "sync": "Of the answer before; none at first.",
    "target": "Object that is asked for.",
    "task": "",
    "text": "Plain text.",
    "time_period": "From asana_get_time_periods.",
    "time_periods": "Comma list, from asana_get_time_periods.",
    "url": "Of a link, with its name.",
    "workspace": "From asana_list_workspaces.",
}
BY_TYPE = {
    "date": "YYYY-MM-DD.",
    "datetime": "ISO 8601 with zone.",
    "user": '"me", gid or e-mail.',
    "csv<user>": 'Comma list: "me", gids or e-mails.',
    "list<user>": '"me", gids or e-mails.',
    "html": "XML in one <body>.",
    "html<task>": "XML in one <body>, as in asana_create_task.",
    "text": "Plain text.",
    "csv<gid>": "Comma list.",
    "list<object>": "Each as Asana's documentation has it.",
    "object": "As Asana's documentation has it.",
}

# Kinds of object that a gid of this name may be of (at most four); else its name says it.
KINDS = {
    "after_enum_option": ["enum_option"],
    "after_section": ["section"],
    "attributable_to": ["project"],
    "before_enum_option": ["enum_option"],
    "before_section": ["section"],
    "assignee_section": ["section"],
    "categories": ["time_tracking_category"],
    "custom_type_status_option": ["custom_type"],
    "insert_after": ["task", "project", "section", "custom_field"],
    "insert_before": ["task", "project", "section", "custom_field"],
    "item": ["project", "portfolio", "goal"],
    "parent": ["task", "project", "portfolio", "goal"],
    "reference_value": ["task", "project", "portfolio", "goal"],
    "resource": ["task", "project", "portfolio", "goal"],
    "resource_gid": ["task", "project", "portfolio", "goal"],
    "supported_goal": ["goal"],
    "supporting_resource": ["project", "task", "portfolio", "goal"],
    "target": ["project", "portfolio", "goal", "status_update"],
}

# Where the same name means something else.
KINDS_OF: dict[str, dict[str, list[str]]] = {
    "addItemForPortfolio": {"insert_after": ["project"], "insert_before": ["project"]},
    "addProjectForTask": {"insert_after": ["task"], "insert_before": ["task"]},
    "addTaskForSection": {"insert_after": ["task"], "insert_before": ["task"]},
    "createAllocation": {"parent": ["project"]},
    "createAttachmentForObject": {"parent": ["task", "project", "project_brief"]},
    "createBudget": {"parent": ["project"]},
    "createMembership": {"parent": ["project", "portfolio", "goal", "custom_field"]},
    "createRate": {"parent": ["project"], "resource": ["user"]},
    "createSectionForProject": {"insert_after": ["section"], "insert_before": ["section"]},
    "createStatusForObject": {"parent": ["project", "portfolio", "goal"]},
    "getBudgets": {"parent": ["project"]},
    "getMemberships": {"parent": ["project", "portfolio", "goal", "custom_field"]},
    "getRates": {"parent": ["project"], "resource": ["user"]},
    "getStatusesForObject": {"parent": ["project", "portfolio", "goal"]},
    "updateAllocation": {"parent": ["project"]},
    "updateSection": {"insert_after": ["section"], "insert_before": ["section"]},
}

# gids of examples: those that tests/cases/sandbox_args.json knows, and others.
GIDS = {
    "attachment": "1204000000000400",
    "custom_field": "1204000000000650",
    "goal": "1204000000000900",
    "organization": "1204000000000000",
    "portfolio": "1204000000000850",
    "project": "1204000000000100",
    "project_status": "1204000000000300",
    "section": "1204000000000200",
    "status_update": "1204000000000300",
    "story": "1204000000000700",
    "tag": "1204000000000600",
    "task": "1204000000000001",
    "team": "1204000000000800",
    "time_period": "1204000000000950",
    "workspace": "1204000000000000",
}
OTHER_GID = "1205000000000001"

# What a value looks like, by the name of the argument and then by its type.
VALUES = {
    "actions": [{"method": "get", "relative_path": "/users/me"}],
    "color": "blue",
    "contribution_weight": 0.5,
    "currency_code": "EUR",
    "dependencies": ["1204000000000002"],
    "dependents": ["1204000000000002"],
    "custom_fields": {"1205000000000009": "High"},
    "custom_id": "ENG-12",
    "emoji_base": "👍",
    "end_date": "2026-12-31",
    "end_on": "2026-12-31",
    "name": "Launch",
    "sync": "de4774f6915eae04714ca93bb2f5ee81",
    "target": "https://example.com/hook",
    "title": "On track",
    "url": "https://example.com/plan",
}
BY_TYPE_VALUES = {
    "string": "blue",
    "text": "The draft is ready.",
    "html": "<body>The draft is <strong>ready</strong>.</body>",
    "html<task>": "<body>The draft is <strong>ready</strong>.</body>",
    "user": "me",
    "date": "2026-12-01",
    "datetime": "2026-12-01T09:00:00Z",
    "since": "2026-12-01T09:00:00Z",
    "bool": True,
    "number": 2.5,
    "csv<user>": "me",
    "list<user>": ["me"],
    "list<string>": ["task"],
    "object": {"value": "1"},
    "list<object>": [{"name": "First"}],
    "file": {"name": "draft.txt", "text": "The draft is ready."},
    "field_filters": {"1205000000000009.is_set": True},
}

# What an example sends when it may choose.
LIKED = ("name", "text", "title", "notes", "completed", "color", "end_date", "rate", "enabled")

# Of two arguments, at most one may be given.
EITHER = (
    ("notes", "html_notes"),
    ("text", "html_text"),
    ("description", "html_description"),
    ("due_on", "due_at"),
    ("start_on", "start_at"),
    ("insert_before", "insert_after"),
    ("before_section", "after_section"),
    ("before_enum_option", "after_enum_option"),
    ("privacy_setting", "public"),
)
# Of two arguments, one must be given.
EXACTLY = (("file", "url"),)
NEEDS = (("url", "name"), ("start_on", "due_on"), ("start_at", "due_at"))

# Fields worth their tokens, the best first; lists get fewer than single objects.
FIELDS = """name title display_name type text status status_type completed archived is_archived
    assignee.name owner.name author.name user.name member.name requester.name target parent.name
    task.name project.name portfolio.name supported_goal.name supporting_resource.name
    resource.name custom_field.name custom_field.type is_important due_on due_at start_on
    start_date end_date entered_on duration_minutes rate currency_code budget_type period end_on
    approval_status access_level base_role_type is_admin is_guest active is_active enabled color
    action state email message description is_organization projects.name team.name
    new_project.name new_portfolio.name new_task.name metric.current_display_value
    resource_subtype created_by.name workspace.name created_at download_url permalink_url""".split()
LIST_FIELDS = 8
ONE_FIELDS = 16


def split(name: str) -> str:
    """ "getTasksForProject" → "get tasks for project"."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return apart.replace("_", " ").lower()


def kinds(operation: str, field: str) -> list[str]:
    """What a gid in this field may be of, the likeliest first."""
    stem = re.sub(r"_gid\Z", "", field.split(".")[0])
    said = KINDS_OF.get(operation, {}).get(field) or KINDS.get(field) or KINDS.get(stem)
    return said or [singular(stem)]


def noun(words: str) -> str:
    return NOUNS.get(words, words)


def singular(words: str) -> str:
    for end, other in (("ies", "y"), ("statuses", "status"), ("ses", "se"), ("s", "")):
        if words.endswith(end) and not words.endswith("ss") and not words.endswith("status"):
            return words[: -len(end)] + other
    return words


def a(words: str) -> str:
    return f"{'an' if words[0] in 'aeio' else 'a'} {words}"
