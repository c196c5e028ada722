#include "worker/quota_script.h"

#define NOW                             \
    "local time = redis.call('TIME')\n" \
    "local now = time[1] * 1000 + math.floor(time[2] / 1000)\n"

/* Where Redis does not tell its run_id to this user, only an empty one is noticed. */
#define BEGIN_EPOCH                                                                  \
    "local function begin_epoch(key, run)\n"                                         \
    "  redis.call('HSET', key, 'run', run, 'since', string.format('%.0f', now))\n"   \
    "  return now\n"                                                                 \
    "end\n"                                                                          \
    "local function run_id()\n"                                                      \
    "  local info = redis.pcall('INFO', 'server')\n"                                 \
    "  return type(info) == 'string' and string.match(info, 'run_id:(%x+)') or ''\n" \
    "end\n"

const char quota_epoch_script[] = NOW BEGIN_EPOCH
    "local run = run_id()\n"
    "if redis.call('HGET', KEYS[1], 'run') ~= run then begin_epoch(KEYS[1], run) end\n"
    "return run\n";

const char quota_share_script[] = NOW BEGIN_EPOCH
    "local key, node, turn = KEYS[1], ARGV[1], tonumber(ARGV[2])\n"
    "local lease, minute = tonumber(ARGV[3]), tonumber(ARGV[4])\n"
    "local spare = tonumber(ARGV[5])\n"
    "local since = tonumber(redis.call('HGET', KEYS[2], 'since') or '')\n"
    "since = since or begin_epoch(KEYS[2], run_id())\n"
    "local KINDS, SEARCHES, NUMBERS = 3, 3, 12\n"
    "local others = {}\n"
    "local flat = redis.call('HGETALL', key)\n"
    "for i = 1, #flat, 2 do\n"
    "  local r = {}\n"
    "  for n in string.gmatch(flat[i + 1], '%d+') do r[#r + 1] = tonumber(n) end\n"
    "  if flat[i] == node then\n"
    "    if #r == NUMBERS and r[1] >= turn then return {} end\n"
    "  elseif #r ~= NUMBERS or r[3] <= now then\n"
    "    redis.call('HDEL', key, flat[i])\n"
    "  else\n"
    "    others[#others + 1] = { name = flat[i], gone = r[2] <= now, r = r }\n"
    "  end\n"
    "end\n"
    /* Where there are more nodes than places, who gets one changes every second. */
    "local function rank(name, turnover)\n"
    "  return ((tonumber(name, 16) or 0) + turnover) % 4294967296\n"
    "end\n"
    "local function share(total, asks)\n"
    "  local scarce = total < #asks\n"
    "  local turnover = scarce and math.floor(now / 1000) * 2654435769 or 0\n"
    "  for _, a in ipairs(asks) do\n"
    "    a.ask, a.rank = scarce and math.min(a.ask, 1) or a.ask, rank(a.name, turnover)\n"
    "  end\n"
    "  table.sort(asks, function(a, b)\n"
    "    if a.ask ~= b.ask then return a.ask < b.ask end\n"
    "    if a.rank ~= b.rank then return a.rank < b.rank end\n"
    "    return a.name < b.name\n"
    "  end)\n"
    "  for i, a in ipairs(asks) do\n"
    "    local part = math.min(a.ask, math.floor(total / (#asks - i + 1)))\n"
    "    a.part, total = a.part + part, total - part\n"
    "  end\n"
    "  return total\n"
    "end\n"
    "local own, grants = {}, {}\n"
    "for k = 1, KINDS do\n"
    "  local at = 1 + 4 * k\n"
    "  local whole, held = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])\n"
    "  local me = { name = node, need = tonumber(ARGV[at + 3]), want = tonumber(ARGV[at + 4]) }\n"
    "  local all, theirs, lost = { me }, 0, 0\n"
    "  for _, o in ipairs(others) do\n"
    "    local has = o.r[3 * k + 1]\n"
    "    if not o.gone then\n"
    "      theirs = theirs + has\n"
    "      all[#all + 1] = { name = o.name, need = o.r[3 * k + 2], want = o.r[3 * k + 3] }\n"
    "    elseif k == SEARCHES then\n"
    "      lost = lost + has\n"
    "    end\n"
    "  end\n"
    "  for _, a in ipairs(all) do a.ask, a.part = a.need, 0 end\n"
    "  local left = share(math.max(whole - lost, 0), all)\n"
    "  for _, a in ipairs(all) do a.ask = math.max(a.want - a.part, 0) end\n"
    "  share(left, all)\n"
    "  if now - since < lease then me.part = math.min(me.part, math.max(held, spare)) end\n"
    "  grants[k] = math.max(math.min(me.part, whole - theirs - lost), 0)\n"
    "  own[k] = { math.max(held, grants[k]), me.need, me.want }\n"
    "end\n"
    "if own[1][1] + own[2][1] + own[3][1] == 0 and own[1][2] + own[2][2] + own[3][2] == 0 then\n"
    "  redis.call('HDEL', key, node)\n"
    "else\n"
    "  local r = { turn, now + lease, now + (own[SEARCHES][1] > 0 and minute or lease) }\n"
    "  for k = 1, KINDS do\n"
    "    for i = 1, 3 do r[#r + 1] = own[k][i] end\n"
    "  end\n"
    "  for i = 1, #r do r[i] = string.format('%.0f', r[i]) end\n"
    "  redis.call('HSET', key, node, table.concat(r, ' '))\n"
    "  redis.call('PEXPIRE', key, minute + lease)\n"
    "end\n"
    "return grants\n";
