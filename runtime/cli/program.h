/* program.h: the whole program, for a main() of one line: what the process needs once, then the
 * command that was asked for.
 *
 * Returns the exit code. The main thread, once. */
#pragma once

struct mcp_extras;

/* extras (may be NULL, borrowed): what this build offers beside the product's own; a test build's
 * fixtures. */
int program_main(int argc, char **argv, const struct mcp_extras *extras);
