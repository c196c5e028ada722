#include "sandbox/stories.h"

#include "sandbox/page.h"
#include "sandbox/texts.h"
#include "sandbox/types.h"

#include <stdio.h>
#include <string.h>

void sb_story_add(struct sb_call *c, const struct sb_story *s)
{
    if (c->failed)
        return;
    int64_t gid = sb_new_gid(c->db, "story");
    sb_run(c->db,
           "INSERT INTO story(gid, task, type, subtype, text, created_at, created_by, ref, "
           "project, custom_field, old_ref,"
           " new_ref, old_text, new_text, old_start_on, old_due_on, new_start_on, new_due_on, "
           "old_due_at, new_due_at)"
           " VALUES(?1, ?2, 'system', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, "
           "?16, ?17, ?18, ?19)",
           "iittiigggggttttttgg", gid, s->task, s->subtype, s->text ? s->text : "", c->now, c->me,
           s->ref, s->project, s->custom_field, s->old_ref, s->new_ref, s->old_text, s->new_text,
           s->old_start_on, s->old_due_on, s->new_start_on, s->new_due_on, s->old_due_at,
           s->new_due_at);
    if (s->old_number)
        sb_run(c->db, "UPDATE story SET old_number = ?2 WHERE gid = ?1", "id", gid, *s->old_number);
    if (s->new_number)
        sb_run(c->db, "UPDATE story SET new_number = ?2 WHERE gid = ?1", "id", gid, *s->new_number);
}

int64_t sb_comment_add(struct sb_db *db, int64_t task, int64_t author, int64_t at, const char *text,
                       const char *html)
{
    int64_t gid = sb_new_gid(db, "story");
    sb_run(db,
           "INSERT INTO story(gid, task, type, subtype, text, html_text, created_at, created_by)"
           " VALUES(?1, ?2, 'comment', 'comment_added', ?3, ?4, ?5, ?6)",
           "iittii", gid, task, text, html, at, author);
    return gid;
}

const char *sb_date_words(struct sb_call *c, const char *date)
{
    static const char *const months[] = { "January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December" };
    int year;
    int month;
    int day;
    int this_year;
    int64_t days;
    if (!date || !clock_parse_date(date, &days))
        return "no date";
    clock_date(days, &year, &month, &day);
    int now_month;
    int now_day;
    clock_date(c->now / 86400000, &this_year, &now_month, &now_day);
    const char *words = year == this_year
                            ? arena_printf(c->arena, "%s %d", months[month - 1], day)
                            : arena_printf(c->arena, "%s %d, %d", months[month - 1], day, year);
    return words ? words : date;
}

const char *sb_name_of(struct sb_call *c, const char *table_sql, int64_t gid)
{
    const char *name = gid ? sb_text(c->db, c->arena, table_sql, "i", gid) : NULL;
    return name ? name : "something";
}

void sb_get_stories(struct sb_call *c)
{
    int64_t task;
    if (!sb_task(c, "task", c->path_arg[0], &task))
        return;
    struct sb_keys keys = { 0 };
    sb_keys_query(c, &keys,
                  sb_query(c->db, "SELECT gid FROM story WHERE task = ?1 ORDER BY created_at, gid",
                           "i", task));
    sb_answer_page(c, &sb_story_type, &keys);
}

void sb_get_story(struct sb_call *c)
{
    int64_t story;
    if (sb_object(c, "story", c->path_arg[0], "story",
                  "SELECT 1 FROM story o JOIN sees_task s ON s.task = o.task AND s.user = ?2 WHERE "
                  "o.gid = ?1",
                  &story))
        sb_answer_object(c, 200, &sb_story_type, story);
}

void sb_delete_story(struct sb_call *c)
{
    int64_t story;
    if (!sb_object(c, "story", c->path_arg[0], "story",
                   "SELECT 1 FROM story o JOIN sees_task s ON s.task = o.task AND s.user = ?2 "
                   "WHERE o.gid = ?1",
                   &story))
        return;
    if (!sb_int(c->db,
                "SELECT 1 FROM story WHERE gid = ?1 AND type = 'comment' AND created_by = ?2", "ii",
                story, c->me)) {
        sb_fail(c, 403, "story: You can only delete your own comments");
        return;
    }
    sb_run(c->db, "DELETE FROM object WHERE gid = ?1", "i", story);
    sb_run(c->db, "DELETE FROM story WHERE gid = ?1", "i", story);
    sb_answer_empty(c);
}

void sb_create_story(struct sb_call *c)
{
    int64_t task;
    if (!sb_task(c, "task", c->path_arg[0], &task))
        return;
    const char *text = NULL;
    const char *html = NULL;
    const char *sticker = NULL;
    int pinned = 0;
    enum sb_has has = sb_body_texts(c, SB_RICH_COMMENT, "text", "html_text", &text, &html);
    sb_body_enum(
        c, "sticker_name",
        "green_checkmark|people_dancing|dancing_unicorn|heart|party_popper|people_waving_flags|"
        "splashing_narwhal|trophy|yeti_riding_unicorn|celebrating_people|determined_climbers|"
        "phoenix_spreading_love",
        &sticker);
    sb_body_bool(c, "is_pinned", &pinned);
    if (!c->failed && !sticker && (has != SB_VALUE || !text[strspn(text, " \t\r\n")]))
        sb_fail(c, 400, "text: Missing input");
    if (c->failed)
        return;
    int64_t gid =
        sb_comment_add(c->db, task, c->me, c->now, text ? text : "", html ? html : "<body></body>");
    sb_run(c->db, "UPDATE story SET is_pinned = ?2, sticker = ?3 WHERE gid = ?1", "iit", gid,
           (int64_t)pinned, sticker);
    sb_run(c->db, "INSERT OR IGNORE INTO task_follower(task, user) VALUES(?1, ?2)", "ii", task,
           c->me);
    sb_run(c->db, "UPDATE task SET modified_at = ?2 WHERE gid = ?1", "ii", task, c->now);
    sb_answer_object(c, 201, &sb_story_type, gid);
}
