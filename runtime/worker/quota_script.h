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
 * The epoch says since when Redis knows what was lent. It begins anew where Redis has lost that:
 * it was restarted (run_id), another took over, or somebody emptied it. Then nodes may use what is
 * written nowhere, until their leases end: so for a lease's time each is lent what it says that it
 * holds, or the spare one that goes on in any case, and no more. */
#pragma once

/* KEYS[1] the epoch. At the beginning of each connection. */
extern const char quota_epoch_script[];

/* KEYS[1] the token's hash, KEYS[2] the epoch; ARGV node (hexadecimal), turn (greater each time: an
 * older word that comes late does nothing), milliseconds of a lease and of a search, the spare,
 * then whole, held, need and want of each kind. Three numbers: how many of each the node may use
 * from now on; none: it was too old. */
extern const char quota_share_script[];
