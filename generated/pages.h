/* Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#pragma once

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* The pages' one style, as a Content-Security-Policy names it. */
#define PAGE_STYLE_SOURCE "'sha256-IyG1T/KonyjG93147/lm//RhAKsk2U9Suofgxep/lnA='"

/* Texts are UTF-8, are escaped on the way, and are there, but where NULL is mentioned. */
/* What single pages have beside. */
#define PAGE_LANDING_STYLE_SOURCE "'sha256-i/MFtUoej4rbkXHZ+bquLM9sYkk6byozF+PiquflKyc='"
#define PAGE_LANDING_SCRIPT_SOURCE "'sha256-glLFonqnaBuqhaGNVNqj/+nLWhfu3CjXQBpNJoM7sbA='"

struct page_account_assistants {
    const char *id;
    const char *may;
    const char *name;
    const char *since;
    const char *used;
    const char *where;
};
struct page_account {
    /* NULL when there is none: done, email */
    bool any;
    const char *base;
    const char *csrf;
    const char *done;
    const char *email;
    const char *person;
    const char *server;
    const struct page_account_assistants *assistants;
    size_t assistants_count;
};
void page_account(struct buf *out, const struct page_account *p);

struct page_blocked {
    const char *base;
    const char *client;
    const char *csrf;
    const char *flow;
    const char *person;
    const char *reason;
    const char *server;
};
void page_blocked(struct buf *out, const struct page_blocked *p);

struct page_client_not_found {
    const char *address;
    const char *base;
    const char *server;
};
void page_client_not_found(struct buf *out, const struct page_client_not_found *p);

struct page_consent_areas {
    const char *description;
    const char *name;
    bool on;
    const char *title;
};
struct page_consent {
    /* NULL when there is none: document, person, problem, warning */
    const char *asana_scope;
    const char *base;
    const char *client;
    const char *csrf;
    const char *document;
    const char *flow;
    bool open;
    const char *person;
    const char *problem;
    bool read_only;
    const char *redirect_uri;
    const char *server;
    bool vouched;
    const char *warning;
    const char *where;
    bool writes;
    const struct page_consent_areas *areas;
    size_t areas_count;
};
void page_consent(struct buf *out, const struct page_consent *p);

struct page_error {
    /* NULL when there is none: cure, request */
    const char *base;
    const char *cure;
    const char *heading;
    const char *request;
    const char *server;
    const char *text;
};
void page_error(struct buf *out, const struct page_error *p);

struct page_landing_clients {
    /* NULL when there is none: entry, snippet, trouble */
    const char *about;
    const char *docs;
    const char *entry;
    const char *entry_lead;
    bool first;
    const char *lead;
    const char *name;
    const char *snippet;
    const char *steps;
    const char *title;
    const char *trouble;
};
struct page_landing_tools {
    /* NULL when there is none: set */
    const char *about;
    const char *description;
    const char *name;
    const char *set;
    const char *title;
    bool writes;
};
struct page_landing {
    const char *base;
    const char *count;
    bool read_only;
    bool sandbox;
    const char *server;
    const char *sign_in;
    const char *sse;
    const char *url;
    const char *version;
    const struct page_landing_clients *clients;
    size_t clients_count;
    const struct page_landing_tools *tools;
    size_t tools_count;
};
void page_landing(struct buf *out, const struct page_landing *p);

struct page_request_sent {
    const char *base;
    const char *server;
};
void page_request_sent(struct buf *out, const struct page_request_sent *p);

struct page_return_to_app {
    const char *address;
    const char *base;
    const char *client;
    bool good;
    const char *heading;
    const char *server;
    const char *text;
};
void page_return_to_app(struct buf *out, const struct page_return_to_app *p);

struct page_sign_in {
    const char *base;
    const char *csrf;
    const char *server;
    bool signed_out;
};
void page_sign_in(struct buf *out, const struct page_sign_in *p);
