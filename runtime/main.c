/* main.c: the product: the program, with nothing beside what every build offers. */
#include "cli/program.h"

#include <stddef.h>

int main(int argc, char **argv)
{
    return program_main(argc, argv, NULL);
}
