#compdef asana-mcp
# Generated from schema/ by `python3 -m codegen gen`; do not edit.
_asana_mcp() {
    local -a commands
    commands=(
        'serve:Serve assistants over HTTP (the default command)'
        'stdio:Serve one assistant on standard input and output'
        'sandbox:Run only the embedded Asana, for demos and tests'
        'tools:List the tools, or describe one'
        'call:Run one tool and print its result'
        'doctor:Check settings, network and token, and say what to do'
        'connect:Show how a client is connected to this server'
        'block:Keep a person, an assistant or a workspace out'
        'unblock:Take such a block back'
        'blocks:List who and what is blocked'
        'requests:List what blocked people ask'
        'sessions:List who is connected'
        'grants:List who is signed in with which assistant'
        'revoke:Sign a person out of all assistants'
        'policy:Say why a call would be refused'
        'store:Move everything to another store'
        'help:Show this help, or that of a command'
    )
    if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then
        _describe command commands
        return
    fi
    case $words[2] in
        serve | -*)
            _arguments \
                '--listen[Address to serve on; port 0 lets the system choose]:ADDR\:PORT: ' \
                '--metrics-listen[Address for your monitoring alone, /metrics, /healthz, /readyz]:ADDR\:PORT: ' \
                '--public-url[How clients reach this server, when a proxy stands in front of it]:URL: ' \
                '--auth[As whom calls are made, with oauth each caller signs in with Asana; with bearer each sends an Asana token, as Authorization, Bearer; token is the one in ASANA_ACCESS_TOKEN, for everybody, on loopback only]:oauth bearer token:(oauth bearer token)' \
                '--client-id[The OAuth application, the one that you made at Asana, or the sandbox'\''s]:ID: ' \
                '--oauth-url[Where Asana'\''s sign-in is (…/oauth_authorize, …/oauth_token); https, or http on loopback]:URL: ' \
                '--oauth-scope[What Asana is asked for when people sign in]:SCOPE: ' \
                '--store[Where sign-ins and blocks are kept, a file, or the Redis that several servers share (redis,//(user,password@)host,port/db, with TLS rediss,//…; a password belongs into ASANA_MCP_STORE or the settings file)]:sqlite\:PATH redis\://…: ' \
                '--redis-ca[Authorities that a Redis at rediss,// has its certificate from, in PEM form]:FILE: ' \
                '--redis-cert[Certificate to show to such a Redis, in PEM form, with the chain behind it]:FILE: ' \
                '--redis-key[Its private key, in PEM form and not encrypted]:FILE: ' \
                '*--allow-redirect[Where assistants may have people sent back to, an address, one with /* at its end, known (the assistants we know) or any; may be repeated]:PATTERN: ' \
                '*--cimd-allow[Host in a private network that may describe a client (Client ID Metadata Document); may be repeated]:HOST\:PORT: ' \
                '*--allow-workspace[Workspace that people may work in; all others become invisible; may be repeated]:GID: ' \
                '*--block-workspace[Workspace that becomes invisible; may be repeated]:GID: ' \
                '*--block-client[Client (assistant) that nobody may use; may be repeated]:ID: ' \
                '*--block-person[Asana user who may not use this server; may be repeated]:GID: ' \
                '*--toolsets[Show only the tools of these sets, as "tools" names them; may be repeated]:LIST: ' \
                '--read-only[Show only tools that change nothing]' \
                '*--levels[What tools may do, read, create, update, delete; may be repeated]:LEVEL,…: ' \
                '--profile[Show a choice of the tools for one purpose, as "tools --profiles" lists them]:NAME: ' \
                '*--disable[Do not show these tools; may be repeated]:TOOL,…: ' \
                '--tools-pack[Further tools, as python3 -m codegen pack wrote them; a server reads it again on SIGHUP]:FILE: ' \
                '*--allow-origin[Web page origin that may call this server beside its own; may be repeated]:ORIGIN: ' \
                '*--trusted-proxy[Proxy in front of this server, whose X-Forwarded-For says who sends a request; may be repeated]:ADDRESS[/BITS]: ' \
                '--tls-cert[Certificate to serve https with, in PEM form, with the chain behind it]:FILE: ' \
                '--tls-key[Its private key, in PEM form]:FILE: ' \
                '--workers[Event loops, 1 to 64]:N: ' \
                '--drain-seconds[How long a server that is stopped lets calls end, 0 to 600]:N: ' \
                '--max-connections[Connections that may be open at once]:N: ' \
                '--max-connections-per-address[Those of one address; loopback and trusted proxies have no such ceiling]:N: ' \
                '--max-sessions-per-person[Sessions that one person may have, over all assistants]:N: ' \
                '--max-calls[Calls that may run or wait for Asana at once]:N: ' \
                '--max-calls-per-person[Those of one person]:N: ' \
                '--max-queued-calls[Calls that may wait for their turn when all places of --max-calls are taken; 0 refuses them at once]:N: ' \
                '--max-queued-calls-per-person[Those of one person]:N: ' \
                '--queue-seconds[How long a call may wait for its turn, 1 to 600]:N: ' \
                '--confirm[Which tools ask the person first, in clients that can show a question, those that delete, or all that change something]:never destructive writes:(never destructive writes)' \
                '--sandbox[Start an embedded Asana with sample data and work in that]' \
                '--now[Stop the sandbox'\''s clock at this time, like 2026-11-23T09,00,00Z]:TIME: ' \
                '--state[File that keeps the sandbox'\''s data when it stops; made when missing]:FILE:_files' \
                '--token-seconds[How long the sandbox'\''s access tokens live, 1 to 86400]:N: ' \
                '--api-url[Asana'\''s REST API; https, or http on loopback]:URL: ' \
                '--ca-file[Certificates to trust for Asana, in PEM form]:FILE:_files' \
                '--deadline-seconds[Longest wait for one answer of Asana'\''s, 1 to 600]:N: ' \
                '--config[Settings file to read (see below)]:FILE:_files' \
                '--log-level[error, warn, info or debug, on standard error]:LEVEL:(error warn info debug)' \
                '--log-format[Form of a line of the log, key=value, or one JSON object]:text json:(text json)' \
                '--access-log[Log each HTTP request; a proxy in front usually does it already]' \
                '--audit-log[Who did what, calls, sign-ins, revocations and blocks, one JSON object a line; - is standard error; the file is opened again on SIGHUP]:FILE: ' \
                '--audit-arguments[Write the arguments of calls into the audit log, too]' \
                '--otlp-endpoint[OpenTelemetry collector that traces are sent to (OTLP over HTTP, JSON; below this, /v1/traces)]:URL: ' \
                '--otlp-sample[Share of the traces that begin here and are recorded; of others their caller says]:0..1: ' \
                '--help[Show help]'
            ;;
        stdio)
            _arguments \
                '*--allow-workspace[Workspace that people may work in; all others become invisible; may be repeated]:GID: ' \
                '*--block-workspace[Workspace that becomes invisible; may be repeated]:GID: ' \
                '*--toolsets[Show only the tools of these sets, as "tools" names them; may be repeated]:LIST: ' \
                '--read-only[Show only tools that change nothing]' \
                '*--levels[What tools may do, read, create, update, delete; may be repeated]:LEVEL,…: ' \
                '--profile[Show a choice of the tools for one purpose, as "tools --profiles" lists them]:NAME: ' \
                '*--disable[Do not show these tools; may be repeated]:TOOL,…: ' \
                '--tools-pack[Further tools, as python3 -m codegen pack wrote them; a server reads it again on SIGHUP]:FILE: ' \
                '--confirm[Which tools ask the person first, in clients that can show a question, those that delete, or all that change something]:never destructive writes:(never destructive writes)' \
                '--sandbox[Start an embedded Asana with sample data and work in that]' \
                '--now[Stop the sandbox'\''s clock at this time, like 2026-11-23T09,00,00Z]:TIME: ' \
                '--state[File that keeps the sandbox'\''s data when it stops; made when missing]:FILE:_files' \
                '--api-url[Asana'\''s REST API; https, or http on loopback]:URL: ' \
                '--ca-file[Certificates to trust for Asana, in PEM form]:FILE:_files' \
                '--deadline-seconds[Longest wait for one answer of Asana'\''s, 1 to 600]:N: ' \
                '--config[Settings file to read (see below)]:FILE:_files' \
                '--log-level[error, warn, info or debug, on standard error]:LEVEL:(error warn info debug)' \
                '--log-format[Form of a line of the log, key=value, or one JSON object]:text json:(text json)' \
                '--audit-log[Who did what, calls, sign-ins, revocations and blocks, one JSON object a line; - is standard error; the file is opened again on SIGHUP]:FILE: ' \
                '--audit-arguments[Write the arguments of calls into the audit log, too]' \
                '--otlp-endpoint[OpenTelemetry collector that traces are sent to (OTLP over HTTP, JSON; below this, /v1/traces)]:URL: ' \
                '--otlp-sample[Share of the traces that begin here and are recorded; of others their caller says]:0..1: ' \
                '--help[Show help]'
            ;;
        sandbox)
            _arguments \
                '--listen[Address to serve on; port 0 lets the system choose]:ADDR\:PORT: ' \
                '--client-id[The OAuth application, the one that you made at Asana, or the sandbox'\''s]:ID: ' \
                '--now[Stop the sandbox'\''s clock at this time, like 2026-11-23T09,00,00Z]:TIME: ' \
                '--state[File that keeps the sandbox'\''s data when it stops; made when missing]:FILE:_files' \
                '*--redirect-uri[Where its OAuth application may have people sent back to; may be repeated]:URI: ' \
                '--token-seconds[How long the sandbox'\''s access tokens live, 1 to 86400]:N: ' \
                '--config[Settings file to read (see below)]:FILE:_files' \
                '--log-level[error, warn, info or debug, on standard error]:LEVEL:(error warn info debug)' \
                '--log-format[Form of a line of the log, key=value, or one JSON object]:text json:(text json)' \
                '--help[Show help]'
            ;;
        tools)
            _arguments \
                '--tools-pack[Further tools, as python3 -m codegen pack wrote them; a server reads it again on SIGHUP]:FILE: ' \
                '--sizes[Show how many bytes each tool takes in the listing]' \
                '--profiles[List the profiles, and the tools of each]' \
                '--json[Print the list as JSON; that of the tools as assistants get it]' \
                '2: :(asana_get_allocations asana_get_attachment asana_get_attachments_for_object asana_get_goals asana_get_goal asana_create_goal asana_get_parent_goals_for_goal asana_update_goal asana_update_goal_metric asana_get_portfolio asana_get_portfolios asana_get_items_for_portfolio asana_get_project asana_get_project_sections asana_get_projects asana_get_project_status asana_get_project_statuses asana_create_project_status asana_get_project_task_counts asana_get_projects_for_team asana_get_projects_for_workspace asana_create_project asana_search_tasks asana_get_task asana_create_task asana_update_task asana_get_stories_for_task asana_create_task_story asana_set_task_dependencies asana_set_task_dependents asana_set_parent_for_task asana_get_tasks asana_delete_task asana_add_task_followers asana_remove_task_followers asana_get_teams_for_workspace asana_get_teams_for_user asana_get_time_period asana_get_time_periods asana_typeahead_search asana_get_user asana_get_team_users asana_get_workspace_users asana_list_workspaces search fetch)' \
                '--help[Show help]'
            ;;
        call)
            _arguments \
                '--tools-pack[Further tools, as python3 -m codegen pack wrote them; a server reads it again on SIGHUP]:FILE: ' \
                '--sandbox[Start an embedded Asana with sample data and work in that]' \
                '--now[Stop the sandbox'\''s clock at this time, like 2026-11-23T09,00,00Z]:TIME: ' \
                '--state[File that keeps the sandbox'\''s data when it stops; made when missing]:FILE:_files' \
                '--api-url[Asana'\''s REST API; https, or http on loopback]:URL: ' \
                '--ca-file[Certificates to trust for Asana, in PEM form]:FILE:_files' \
                '--deadline-seconds[Longest wait for one answer of Asana'\''s, 1 to 600]:N: ' \
                '--config[Settings file to read (see below)]:FILE:_files' \
                '--log-level[error, warn, info or debug, on standard error]:LEVEL:(error warn info debug)' \
                '--log-format[Form of a line of the log, key=value, or one JSON object]:text json:(text json)' \
                '2: :(asana_get_allocations asana_get_attachment asana_get_attachments_for_object asana_get_goals asana_get_goal asana_create_goal asana_get_parent_goals_for_goal asana_update_goal asana_update_goal_metric asana_get_portfolio asana_get_portfolios asana_get_items_for_portfolio asana_get_project asana_get_project_sections asana_get_projects asana_get_project_status asana_get_project_statuses asana_create_project_status asana_get_project_task_counts asana_get_projects_for_team asana_get_projects_for_workspace asana_create_project asana_search_tasks asana_get_task asana_create_task asana_update_task asana_get_stories_for_task asana_create_task_story asana_set_task_dependencies asana_set_task_dependents asana_set_parent_for_task asana_get_tasks asana_delete_task asana_add_task_followers asana_remove_task_followers asana_get_teams_for_workspace asana_get_teams_for_user asana_get_time_period asana_get_time_periods asana_typeahead_search asana_get_user asana_get_team_users asana_get_workspace_users asana_list_workspaces search fetch)' \
                '--help[Show help]'
            ;;
        doctor)
            _arguments \
                '--listen[Address to serve on; port 0 lets the system choose]:ADDR\:PORT: ' \
                '--metrics-listen[Address for your monitoring alone, /metrics, /healthz, /readyz]:ADDR\:PORT: ' \
                '--public-url[How clients reach this server, when a proxy stands in front of it]:URL: ' \
                '--auth[As whom calls are made, with oauth each caller signs in with Asana; with bearer each sends an Asana token, as Authorization, Bearer; token is the one in ASANA_ACCESS_TOKEN, for everybody, on loopback only]:oauth bearer token:(oauth bearer token)' \
                '--client-id[The OAuth application, the one that you made at Asana, or the sandbox'\''s]:ID: ' \
                '--oauth-url[Where Asana'\''s sign-in is (…/oauth_authorize, …/oauth_token); https, or http on loopback]:URL: ' \
                '--oauth-scope[What Asana is asked for when people sign in]:SCOPE: ' \
                '--store[Where sign-ins and blocks are kept, a file, or the Redis that several servers share (redis,//(user,password@)host,port/db, with TLS rediss,//…; a password belongs into ASANA_MCP_STORE or the settings file)]:sqlite\:PATH redis\://…: ' \
                '--redis-ca[Authorities that a Redis at rediss,// has its certificate from, in PEM form]:FILE: ' \
                '--redis-cert[Certificate to show to such a Redis, in PEM form, with the chain behind it]:FILE: ' \
                '--redis-key[Its private key, in PEM form and not encrypted]:FILE: ' \
                '*--allow-redirect[Where assistants may have people sent back to, an address, one with /* at its end, known (the assistants we know) or any; may be repeated]:PATTERN: ' \
                '*--cimd-allow[Host in a private network that may describe a client (Client ID Metadata Document); may be repeated]:HOST\:PORT: ' \
                '*--allow-workspace[Workspace that people may work in; all others become invisible; may be repeated]:GID: ' \
                '*--block-workspace[Workspace that becomes invisible; may be repeated]:GID: ' \
                '*--block-client[Client (assistant) that nobody may use; may be repeated]:ID: ' \
                '*--block-person[Asana user who may not use this server; may be repeated]:GID: ' \
                '*--toolsets[Show only the tools of these sets, as "tools" names them; may be repeated]:LIST: ' \
                '--read-only[Show only tools that change nothing]' \
                '*--levels[What tools may do, read, create, update, delete; may be repeated]:LEVEL,…: ' \
                '--profile[Show a choice of the tools for one purpose, as "tools --profiles" lists them]:NAME: ' \
                '*--disable[Do not show these tools; may be repeated]:TOOL,…: ' \
                '--tools-pack[Further tools, as python3 -m codegen pack wrote them; a server reads it again on SIGHUP]:FILE: ' \
                '*--allow-origin[Web page origin that may call this server beside its own; may be repeated]:ORIGIN: ' \
                '*--trusted-proxy[Proxy in front of this server, whose X-Forwarded-For says who sends a request; may be repeated]:ADDRESS[/BITS]: ' \
                '--tls-cert[Certificate to serve https with, in PEM form, with the chain behind it]:FILE: ' \
                '--tls-key[Its private key, in PEM form]:FILE: ' \
                '--workers[Event loops, 1 to 64]:N: ' \
                '--drain-seconds[How long a server that is stopped lets calls end, 0 to 600]:N: ' \
                '--max-connections[Connections that may be open at once]:N: ' \
                '--max-connections-per-address[Those of one address; loopback and trusted proxies have no such ceiling]:N: ' \
                '--max-sessions-per-person[Sessions that one person may have, over all assistants]:N: ' \
                '--max-calls[Calls that may run or wait for Asana at once]:N: ' \
                '--max-calls-per-person[Those of one person]:N: ' \
                '--max-queued-calls[Calls that may wait for their turn when all places of --max-calls are taken; 0 refuses them at once]:N: ' \
                '--max-queued-calls-per-person[Those of one person]:N: ' \
                '--queue-seconds[How long a call may wait for its turn, 1 to 600]:N: ' \
                '--confirm[Which tools ask the person first, in clients that can show a question, those that delete, or all that change something]:never destructive writes:(never destructive writes)' \
                '--sandbox[Start an embedded Asana with sample data and work in that]' \
                '--now[Stop the sandbox'\''s clock at this time, like 2026-11-23T09,00,00Z]:TIME: ' \
                '--state[File that keeps the sandbox'\''s data when it stops; made when missing]:FILE:_files' \
                '--token-seconds[How long the sandbox'\''s access tokens live, 1 to 86400]:N: ' \
                '--api-url[Asana'\''s REST API; https, or http on loopback]:URL: ' \
                '--ca-file[Certificates to trust for Asana, in PEM form]:FILE:_files' \
                '--deadline-seconds[Longest wait for one answer of Asana'\''s, 1 to 600]:N: ' \
                '--config[Settings file to read (see below)]:FILE:_files' \
                '--log-level[error, warn, info or debug, on standard error]:LEVEL:(error warn info debug)' \
                '--log-format[Form of a line of the log, key=value, or one JSON object]:text json:(text json)' \
                '--access-log[Log each HTTP request; a proxy in front usually does it already]' \
                '--audit-log[Who did what, calls, sign-ins, revocations and blocks, one JSON object a line; - is standard error; the file is opened again on SIGHUP]:FILE: ' \
                '--audit-arguments[Write the arguments of calls into the audit log, too]' \
                '--otlp-endpoint[OpenTelemetry collector that traces are sent to (OTLP over HTTP, JSON; below this, /v1/traces)]:URL: ' \
                '--otlp-sample[Share of the traces that begin here and are recorded; of others their caller says]:0..1: ' \
                '--help[Show help]'
            ;;
        connect)
            _arguments \
                '--listen[Address to serve on; port 0 lets the system choose]:ADDR\:PORT: ' \
                '--public-url[How clients reach this server, when a proxy stands in front of it]:URL: ' \
                '--auth[As whom calls are made, with oauth each caller signs in with Asana; with bearer each sends an Asana token, as Authorization, Bearer; token is the one in ASANA_ACCESS_TOKEN, for everybody, on loopback only]:oauth bearer token:(oauth bearer token)' \
                '--config[Settings file to read (see below)]:FILE:_files' \
                '--url[Address of the server to connect to; may end in /mcp or /sse]:URL: ' \
                '--transport[How the client talks to it, http is Streamable HTTP; with stdio it starts this program]:http sse stdio:(http sse stdio)' \
                '--name[What the client calls the server]:NAME: ' \
                '--file[Settings file to write to, for example that of a project]:FILE:_files' \
                '--write[Put the entry into the client'\''s settings file]' \
                '2: :(claude claude-desktop claude-code chatgpt cursor vscode windsurf codex gemini-cli copilot-cli opencode zed cline mcp-remote inspector openai-api anthropic-api azure-api-management copilot-studio other)' \
                '--help[Show help]'
            ;;
        block)
            _arguments \
                '--store[Where sign-ins and blocks are kept, a file, or the Redis that several servers share (redis,//(user,password@)host,port/db, with TLS rediss,//…; a password belongs into ASANA_MCP_STORE or the settings file)]:sqlite\:PATH redis\://…: ' \
                '--redis-ca[Authorities that a Redis at rediss,// has its certificate from, in PEM form]:FILE: ' \
                '--redis-cert[Certificate to show to such a Redis, in PEM form, with the chain behind it]:FILE: ' \
                '--redis-key[Its private key, in PEM form and not encrypted]:FILE: ' \
                '--config[Settings file to read (see below)]:FILE:_files' \
                '--log-level[error, warn, info or debug, on standard error]:LEVEL:(error warn info debug)' \
                '--log-format[Form of a line of the log, key=value, or one JSON object]:text json:(text json)' \
                '--audit-log[Who did what, calls, sign-ins, revocations and blocks, one JSON object a line; - is standard error; the file is opened again on SIGHUP]:FILE: ' \
                '--reason[Note for the list of blocks]:TEXT: ' \
                '2: :(person client workspace)' \
                '--help[Show help]'
            ;;
        unblock)
            _arguments \
                '--store[Where sign-ins and blocks are kept, a file, or the Redis that several servers share (redis,//(user,password@)host,port/db, with TLS rediss,//…; a password belongs into ASANA_MCP_STORE or the settings file)]:sqlite\:PATH redis\://…: ' \
                '--redis-ca[Authorities that a Redis at rediss,// has its certificate from, in PEM form]:FILE: ' \
                '--redis-cert[Certificate to show to such a Redis, in PEM form, with the chain behind it]:FILE: ' \
                '--redis-key[Its private key, in PEM form and not encrypted]:FILE: ' \
                '--config[Settings file to read (see below)]:FILE:_files' \
                '--log-level[error, warn, info or debug, on standard error]:LEVEL:(error warn info debug)' \
                '--log-format[Form of a line of the log, key=value, or one JSON object]:text json:(text json)' \
                '--audit-log[Who did what, calls, sign-ins, revocations and blocks, one JSON object a line; - is standard error; the file is opened again on SIGHUP]:FILE: ' \
                '2: :(person client workspace)' \
                '--help[Show help]'
            ;;
        blocks)
            _arguments \
                '--store[Where sign-ins and blocks are kept, a file, or the Redis that several servers share (redis,//(user,password@)host,port/db, with TLS rediss,//…; a password belongs into ASANA_MCP_STORE or the settings file)]:sqlite\:PATH redis\://…: ' \
                '--redis-ca[Authorities that a Redis at rediss,// has its certificate from, in PEM form]:FILE: ' \
                '--redis-cert[Certificate to show to such a Redis, in PEM form, with the chain behind it]:FILE: ' \
                '--redis-key[Its private key, in PEM form and not encrypted]:FILE: ' \
                '*--allow-workspace[Workspace that people may work in; all others become invisible; may be repeated]:GID: ' \
                '*--block-workspace[Workspace that becomes invisible; may be repeated]:GID: ' \
                '*--block-client[Client (assistant) that nobody may use; may be repeated]:ID: ' \
                '*--block-person[Asana user who may not use this server; may be repeated]:GID: ' \
                '--config[Settings file to read (see below)]:FILE:_files' \
                '--log-level[error, warn, info or debug, on standard error]:LEVEL:(error warn info debug)' \
                '--log-format[Form of a line of the log, key=value, or one JSON object]:text json:(text json)' \
                '--audit-log[Who did what, calls, sign-ins, revocations and blocks, one JSON object a line; - is standard error; the file is opened again on SIGHUP]:FILE: ' \
                '--json[Print the list as JSON; that of the tools as assistants get it]' \
                '--help[Show help]'
            ;;
        requests)
            _arguments \
                '--store[Where sign-ins and blocks are kept, a file, or the Redis that several servers share (redis,//(user,password@)host,port/db, with TLS rediss,//…; a password belongs into ASANA_MCP_STORE or the settings file)]:sqlite\:PATH redis\://…: ' \
                '--redis-ca[Authorities that a Redis at rediss,// has its certificate from, in PEM form]:FILE: ' \
                '--redis-cert[Certificate to show to such a Redis, in PEM form, with the chain behind it]:FILE: ' \
                '--redis-key[Its private key, in PEM form and not encrypted]:FILE: ' \
                '--config[Settings file to read (see below)]:FILE:_files' \
                '--log-level[error, warn, info or debug, on standard error]:LEVEL:(error warn info debug)' \
                '--log-format[Form of a line of the log, key=value, or one JSON object]:text json:(text json)' \
                '--audit-log[Who did what, calls, sign-ins, revocations and blocks, one JSON object a line; - is standard error; the file is opened again on SIGHUP]:FILE: ' \
                '--clear[Delete what was listed]' \
                '--json[Print the list as JSON; that of the tools as assistants get it]' \
                '--help[Show help]'
            ;;
        sessions)
            _arguments \
                '--store[Where sign-ins and blocks are kept, a file, or the Redis that several servers share (redis,//(user,password@)host,port/db, with TLS rediss,//…; a password belongs into ASANA_MCP_STORE or the settings file)]:sqlite\:PATH redis\://…: ' \
                '--redis-ca[Authorities that a Redis at rediss,// has its certificate from, in PEM form]:FILE: ' \
                '--redis-cert[Certificate to show to such a Redis, in PEM form, with the chain behind it]:FILE: ' \
                '--redis-key[Its private key, in PEM form and not encrypted]:FILE: ' \
                '--config[Settings file to read (see below)]:FILE:_files' \
                '--log-level[error, warn, info or debug, on standard error]:LEVEL:(error warn info debug)' \
                '--log-format[Form of a line of the log, key=value, or one JSON object]:text json:(text json)' \
                '--audit-log[Who did what, calls, sign-ins, revocations and blocks, one JSON object a line; - is standard error; the file is opened again on SIGHUP]:FILE: ' \
                '--person[Only what this Asana user has allowed, or has open]:GID: ' \
                '--json[Print the list as JSON; that of the tools as assistants get it]' \
                '--help[Show help]'
            ;;
        grants)
            _arguments \
                '--store[Where sign-ins and blocks are kept, a file, or the Redis that several servers share (redis,//(user,password@)host,port/db, with TLS rediss,//…; a password belongs into ASANA_MCP_STORE or the settings file)]:sqlite\:PATH redis\://…: ' \
                '--redis-ca[Authorities that a Redis at rediss,// has its certificate from, in PEM form]:FILE: ' \
                '--redis-cert[Certificate to show to such a Redis, in PEM form, with the chain behind it]:FILE: ' \
                '--redis-key[Its private key, in PEM form and not encrypted]:FILE: ' \
                '--config[Settings file to read (see below)]:FILE:_files' \
                '--log-level[error, warn, info or debug, on standard error]:LEVEL:(error warn info debug)' \
                '--log-format[Form of a line of the log, key=value, or one JSON object]:text json:(text json)' \
                '--audit-log[Who did what, calls, sign-ins, revocations and blocks, one JSON object a line; - is standard error; the file is opened again on SIGHUP]:FILE: ' \
                '--person[Only what this Asana user has allowed, or has open]:GID: ' \
                '--json[Print the list as JSON; that of the tools as assistants get it]' \
                '--help[Show help]'
            ;;
        revoke)
            _arguments \
                '--store[Where sign-ins and blocks are kept, a file, or the Redis that several servers share (redis,//(user,password@)host,port/db, with TLS rediss,//…; a password belongs into ASANA_MCP_STORE or the settings file)]:sqlite\:PATH redis\://…: ' \
                '--redis-ca[Authorities that a Redis at rediss,// has its certificate from, in PEM form]:FILE: ' \
                '--redis-cert[Certificate to show to such a Redis, in PEM form, with the chain behind it]:FILE: ' \
                '--redis-key[Its private key, in PEM form and not encrypted]:FILE: ' \
                '--config[Settings file to read (see below)]:FILE:_files' \
                '--log-level[error, warn, info or debug, on standard error]:LEVEL:(error warn info debug)' \
                '--log-format[Form of a line of the log, key=value, or one JSON object]:text json:(text json)' \
                '--audit-log[Who did what, calls, sign-ins, revocations and blocks, one JSON object a line; - is standard error; the file is opened again on SIGHUP]:FILE: ' \
                '--person[Only what this Asana user has allowed, or has open]:GID: ' \
                '--help[Show help]'
            ;;
        policy)
            _arguments \
                '--auth[As whom calls are made, with oauth each caller signs in with Asana; with bearer each sends an Asana token, as Authorization, Bearer; token is the one in ASANA_ACCESS_TOKEN, for everybody, on loopback only]:oauth bearer token:(oauth bearer token)' \
                '--client-id[The OAuth application, the one that you made at Asana, or the sandbox'\''s]:ID: ' \
                '--store[Where sign-ins and blocks are kept, a file, or the Redis that several servers share (redis,//(user,password@)host,port/db, with TLS rediss,//…; a password belongs into ASANA_MCP_STORE or the settings file)]:sqlite\:PATH redis\://…: ' \
                '--redis-ca[Authorities that a Redis at rediss,// has its certificate from, in PEM form]:FILE: ' \
                '--redis-cert[Certificate to show to such a Redis, in PEM form, with the chain behind it]:FILE: ' \
                '--redis-key[Its private key, in PEM form and not encrypted]:FILE: ' \
                '*--allow-workspace[Workspace that people may work in; all others become invisible; may be repeated]:GID: ' \
                '*--block-workspace[Workspace that becomes invisible; may be repeated]:GID: ' \
                '*--block-client[Client (assistant) that nobody may use; may be repeated]:ID: ' \
                '*--block-person[Asana user who may not use this server; may be repeated]:GID: ' \
                '*--toolsets[Show only the tools of these sets, as "tools" names them; may be repeated]:LIST: ' \
                '--read-only[Show only tools that change nothing]' \
                '*--levels[What tools may do, read, create, update, delete; may be repeated]:LEVEL,…: ' \
                '--profile[Show a choice of the tools for one purpose, as "tools --profiles" lists them]:NAME: ' \
                '*--disable[Do not show these tools; may be repeated]:TOOL,…: ' \
                '--tools-pack[Further tools, as python3 -m codegen pack wrote them; a server reads it again on SIGHUP]:FILE: ' \
                '--config[Settings file to read (see below)]:FILE:_files' \
                '--log-level[error, warn, info or debug, on standard error]:LEVEL:(error warn info debug)' \
                '--log-format[Form of a line of the log, key=value, or one JSON object]:text json:(text json)' \
                '--audit-log[Who did what, calls, sign-ins, revocations and blocks, one JSON object a line; - is standard error; the file is opened again on SIGHUP]:FILE: ' \
                '--user[The Asana user who calls]:GID: ' \
                '--client[The client that calls, by its id as "grants" lists it]:ID: ' \
                '--workspace[The workspace that it is about]:GID: ' \
                '--tool[The tool that is called]:NAME: ' \
                '--help[Show help]'
            ;;
        store)
            _arguments \
                '--store[Where sign-ins and blocks are kept, a file, or the Redis that several servers share (redis,//(user,password@)host,port/db, with TLS rediss,//…; a password belongs into ASANA_MCP_STORE or the settings file)]:sqlite\:PATH redis\://…: ' \
                '--redis-ca[Authorities that a Redis at rediss,// has its certificate from, in PEM form]:FILE: ' \
                '--redis-cert[Certificate to show to such a Redis, in PEM form, with the chain behind it]:FILE: ' \
                '--redis-key[Its private key, in PEM form and not encrypted]:FILE: ' \
                '--config[Settings file to read (see below)]:FILE:_files' \
                '--log-level[error, warn, info or debug, on standard error]:LEVEL:(error warn info debug)' \
                '--log-format[Form of a line of the log, key=value, or one JSON object]:text json:(text json)' \
                '--audit-log[Who did what, calls, sign-ins, revocations and blocks, one JSON object a line; - is standard error; the file is opened again on SIGHUP]:FILE: ' \
                '--help[Show help]'
            ;;
        help)
            _arguments \
                '--json[Print the list as JSON; that of the tools as assistants get it]' \
                '2: :(serve stdio sandbox tools call doctor connect block unblock blocks requests sessions grants revoke policy store help)' \
                '--help[Show help]'
            ;;
    esac
}
_asana_mcp "$@"
