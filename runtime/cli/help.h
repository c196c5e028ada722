/* help.h: what --help and --version print, made from the vocabulary. */
#pragma once

#include "cli/vocabulary.h"

#include <stdio.h>

void help_program(FILE *out);
void help_command(FILE *out, enum command_id command);
/* All commands and settings, for what makes the man page and the completions. */
void help_json(FILE *out);
void help_version(FILE *out);
