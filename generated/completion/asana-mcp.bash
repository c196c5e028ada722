# Generated from schema/ by `python3 -m codegen gen`; do not edit.
_asana_mcp() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local command=${COMP_WORDS[1]} flags= words=
    case $before in
        --auth) COMPREPLY=($(compgen -W 'oauth bearer token' -- "$word")); return ;;
        --confirm) COMPREPLY=($(compgen -W 'never destructive writes' -- "$word")); return ;;
        --log-level) COMPREPLY=($(compgen -W 'error warn info debug' -- "$word")); return ;;
        --log-format) COMPREPLY=($(compgen -W 'text json' -- "$word")); return ;;
        --transport) COMPREPLY=($(compgen -W 'http sse stdio' -- "$word")); return ;;
        --config|--ca-file|--state|--file) COMPREPLY=($(compgen -f -- "$word")); return ;;
    esac
    if ((COMP_CWORD == 1)) && [[ $word != -* ]]; then
        COMPREPLY=($(compgen -W 'serve stdio sandbox tools call doctor connect block unblock blocks requests sessions grants revoke policy store help' -- "$word"))
        return
    fi
    case $command in
        serve | -*)
            flags='--help --listen --metrics-listen --public-url --auth --client-id --oauth-url --oauth-scope --store --redis-ca --redis-cert --redis-key --allow-redirect --cimd-allow --allow-workspace --block-workspace --block-client --block-person --toolsets --read-only --levels --profile --disable --tools-pack --allow-origin --trusted-proxy --tls-cert --tls-key --workers --drain-seconds --max-connections --max-connections-per-address --max-sessions-per-person --max-calls --max-calls-per-person --max-queued-calls --max-queued-calls-per-person --queue-seconds --confirm --sandbox --now --state --token-seconds --api-url --ca-file --deadline-seconds --config --log-level --log-format --access-log --audit-log --audit-arguments --otlp-endpoint --otlp-sample'
            ;;
        stdio)
            flags='--help --allow-workspace --block-workspace --toolsets --read-only --levels --profile --disable --tools-pack --confirm --sandbox --now --state --api-url --ca-file --deadline-seconds --config --log-level --log-format --audit-log --audit-arguments --otlp-endpoint --otlp-sample'
            ;;
        sandbox)
            flags='--help --listen --client-id --now --state --redirect-uri --token-seconds --config --log-level --log-format'
            ;;
        tools)
            flags='--help --tools-pack --sizes --profiles --json'
            words='asana_get_allocations asana_get_attachment asana_get_attachments_for_object asana_get_goals asana_get_goal asana_create_goal asana_get_parent_goals_for_goal asana_update_goal asana_update_goal_metric asana_get_portfolio asana_get_portfolios asana_get_items_for_portfolio asana_get_project asana_get_project_sections asana_get_projects asana_get_project_status asana_get_project_statuses asana_create_project_status asana_get_project_task_counts asana_get_projects_for_team asana_get_projects_for_workspace asana_create_project asana_search_tasks asana_get_task asana_create_task asana_update_task asana_get_stories_for_task asana_create_task_story asana_set_task_dependencies asana_set_task_dependents asana_set_parent_for_task asana_get_tasks asana_delete_task asana_add_task_followers asana_remove_task_followers asana_get_teams_for_workspace asana_get_teams_for_user asana_get_time_period asana_get_time_periods asana_typeahead_search asana_get_user asana_get_team_users asana_get_workspace_users asana_list_workspaces search fetch'
            ;;
        call)
            flags='--help --tools-pack --sandbox --now --state --api-url --ca-file --deadline-seconds --config --log-level --log-format'
            words='asana_get_allocations asana_get_attachment asana_get_attachments_for_object asana_get_goals asana_get_goal asana_create_goal asana_get_parent_goals_for_goal asana_update_goal asana_update_goal_metric asana_get_portfolio asana_get_portfolios asana_get_items_for_portfolio asana_get_project asana_get_project_sections asana_get_projects asana_get_project_status asana_get_project_statuses asana_create_project_status asana_get_project_task_counts asana_get_projects_for_team asana_get_projects_for_workspace asana_create_project asana_search_tasks asana_get_task asana_create_task asana_update_task asana_get_stories_for_task asana_create_task_story asana_set_task_dependencies asana_set_task_dependents asana_set_parent_for_task asana_get_tasks asana_delete_task asana_add_task_followers asana_remove_task_followers asana_get_teams_for_workspace asana_get_teams_for_user asana_get_time_period asana_get_time_periods asana_typeahead_search asana_get_user asana_get_team_users asana_get_workspace_users asana_list_workspaces search fetch'
            ;;
        doctor)
            flags='--help --listen --metrics-listen --public-url --auth --client-id --oauth-url --oauth-scope --store --redis-ca --redis-cert --redis-key --allow-redirect --cimd-allow --allow-workspace --block-workspace --block-client --block-person --toolsets --read-only --levels --profile --disable --tools-pack --allow-origin --trusted-proxy --tls-cert --tls-key --workers --drain-seconds --max-connections --max-connections-per-address --max-sessions-per-person --max-calls --max-calls-per-person --max-queued-calls --max-queued-calls-per-person --queue-seconds --confirm --sandbox --now --state --token-seconds --api-url --ca-file --deadline-seconds --config --log-level --log-format --access-log --audit-log --audit-arguments --otlp-endpoint --otlp-sample'
            ;;
        connect)
            flags='--help --listen --public-url --auth --config --url --transport --name --file --write'
            words='claude claude-desktop claude-code chatgpt cursor vscode windsurf codex gemini-cli copilot-cli opencode zed cline mcp-remote inspector openai-api anthropic-api azure-api-management copilot-studio other'
            ;;
        block)
            flags='--help --store --redis-ca --redis-cert --redis-key --config --log-level --log-format --audit-log --reason'
            words='person client workspace'
            ;;
        unblock)
            flags='--help --store --redis-ca --redis-cert --redis-key --config --log-level --log-format --audit-log'
            words='person client workspace'
            ;;
        blocks)
            flags='--help --store --redis-ca --redis-cert --redis-key --allow-workspace --block-workspace --block-client --block-person --config --log-level --log-format --audit-log --json'
            ;;
        requests)
            flags='--help --store --redis-ca --redis-cert --redis-key --config --log-level --log-format --audit-log --clear --json'
            ;;
        sessions)
            flags='--help --store --redis-ca --redis-cert --redis-key --config --log-level --log-format --audit-log --person --json'
            ;;
        grants)
            flags='--help --store --redis-ca --redis-cert --redis-key --config --log-level --log-format --audit-log --person --json'
            ;;
        revoke)
            flags='--help --store --redis-ca --redis-cert --redis-key --config --log-level --log-format --audit-log --person'
            ;;
        policy)
            flags='--help --auth --client-id --store --redis-ca --redis-cert --redis-key --allow-workspace --block-workspace --block-client --block-person --toolsets --read-only --levels --profile --disable --tools-pack --config --log-level --log-format --audit-log --user --client --workspace --tool'
            ;;
        store)
            flags='--help --store --redis-ca --redis-cert --redis-key --config --log-level --log-format --audit-log'
            ;;
        help)
            flags='--help --json'
            words='serve stdio sandbox tools call doctor connect block unblock blocks requests sessions grants revoke policy store help'
            ;;
    esac
    [[ $word == -* ]] && words=$flags
    COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _asana_mcp asana-mcp
