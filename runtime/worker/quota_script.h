/* quota_script.h: how Asana's limits are lent to nodes, as Lua scripts: Redis runs each as a whole,
 * so what is lent is never more than there is, whoever asks at the same moment.
 *
 * Each token has a hash: node ──▶ turn, end, end of its searches, then for reads, writes and
 * searches what it holds, needs and wants. Times are Redis' own. A node that was not heard of for
 * the lease's time has nothing any more, but what it held of the minute's searches counts until
 * their minute is over.
 *
 * What is there is shared by need: each gets what it needs, or as much as any other that needs
 * more; what is left then goes the same way to what nodes want beyond that. A node that holds more
 * than its share is told so and holds it until it says that it holds less; nobody is lent what
 * another holds.
 *
 * When for a lease's time no node has been heard of at all (Redis was away), or Redis has lost what
 * it knew, nodes may use what is written nowhere: an equal part each. So for a moment, until all of
 * them have said so, none is lent more than that. */
#pragma once

/* KEYS[1] the token's hash, KEYS[2] since when nodes have been heard of; ARGV node (hexadecimal),
 * turn (greater each time: an older word that comes late does nothing), milliseconds of a lease, of
 * a search and of that moment, how many nodes there are as far as is known, then whole, held, need
 * and want of each kind. Three numbers: how many of each the node may use from now on; none: it was
 * too old. */
extern const char quota_share_script[];

/* KEYS[1] the nodes, KEYS[2] as above; ARGV node, milliseconds that it counts, and of a lease: how
 * many nodes there are. */
extern const char quota_census_script[];
