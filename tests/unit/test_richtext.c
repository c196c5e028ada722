#include "asana/richtext.h"

#include "suites.h"

#include <stdio.h>
#include <string.h>

static const char *check(const char *text, enum richtext_kind kind)
{
    static struct err err;
    err = (struct err){ .kind = ERR_NONE };
    bool ok = richtext_check(slice_of(text), kind, &err);
    CU_ASSERT_EQUAL(err.kind, ok ? ERR_NONE : ERR_ARGS);
    CU_ASSERT_EQUAL(richtext_check(slice_of(text), kind, NULL), ok);
    return ok ? "ok" : err.text;
}

/* The answer begins like this. */
static void begins(const char *got, const char *expected, int line)
{
    bool same = strncmp(got, expected, strlen(expected)) == 0;
    if (!same)
        printf("\nline %d:\n  expected %s…\n  got      %s\n", line, expected, got);
    CU_ASSERT(same);
}

#define ACCEPTS(text) begins(check(text, RICHTEXT_BASIC), "ok", __LINE__)
#define REFUSES(text, why) begins(check(text, RICHTEXT_BASIC), why, __LINE__)
#define TASK_ACCEPTS(text) begins(check(text, RICHTEXT_TASK), "ok", __LINE__)
#define TASK_REFUSES(text, why) begins(check(text, RICHTEXT_TASK), why, __LINE__)

static void every_allowed_tag_passes(void)
{
    ACCEPTS("<body/>");
    ACCEPTS("<body></body>");
    ACCEPTS(" \n<body>a\nb\r\n\tc é \xf0\x9f\x98\x80 > ' \"</body>\n");
    ACCEPTS("<body><strong>a</strong><em>b</em><u>c</u><s>d</s><code>e</code><pre>f</pre>"
            "<blockquote>g</blockquote><ol><li>h</li></ol><ul><li>i<ul><li>j</li></ul></li></ul>"
            "<a href=\"https://example.com/?a=1&amp;b=2\">k</a></body>");
    ACCEPTS("<body ><em >a</em ></body >");
    TASK_ACCEPTS("<body><h1>a</h1><h2>b</h2><hr/><hr /><img data-asana-gid=\"1\" "
                 "src='https://example.com/a.png' style=\"width:10px\"/></body>");
}

static void the_tags_of_tasks_are_refused_elsewhere(void)
{
    REFUSES(
        "<body><h1>a</h1></body>",
        "tag <h1> is not allowed here, only in a task's description (allowed: body, strong, em, u, "
        "s, code, pre, blockquote, ol, ul, li, a)");
    REFUSES("<body><hr/></body>", "tag <hr> is not allowed here");
    REFUSES("<body><img src=\"a\"/></body>", "tag <img> is not allowed here");
}

static void other_tags_are_named_with_a_cure(void)
{
    REFUSES("<body><b>a</b></body>", "tag <b> is not allowed: use <strong> (allowed: ");
    REFUSES("<body><I>a</I></body>", "tag <I> is not allowed: use <em> (allowed: ");
    REFUSES("<body>a<br/>b</body>",
            "tag <br> is not allowed: write a line break as a plain newline");
    REFUSES("<body><p>a</p></body>", "tag <p> is not allowed: leave it out");
    REFUSES("<body><script>a</script></body>", "tag <script> is not allowed (allowed: ");
    REFUSES("<body><STRONG>a</STRONG></body>",
            "tags are written in small letters: <strong> instead of <STRONG>");
    TASK_REFUSES("<body><h3>a</h3></body>",
                 "tag <h3> is not allowed: use <strong> (allowed: body, "
                 "strong, em, u, s, code, pre, blockquote, ol, ul, li, a, h1, "
                 "h2, hr, img)");
    TASK_REFUSES("<body><h1x>a</h1x></body>", "tag <h1x> is not allowed (allowed");
}

static void there_is_one_body(void)
{
    REFUSES("", "the whole text must stand in one <body>…</body>, as in ");
    REFUSES("  \n", "the whole text must stand in one <body>…</body>, as in ");
    REFUSES("hello", "the whole text must stand in one <body>…</body> (at byte 0: \"hello\")");
    REFUSES("<strong>a</strong>",
            "the whole text must stand in one <body>…</body>, but it starts with <strong>");
    REFUSES("<html><body/></html>",
            "the whole text must stand in one <body>…</body>, but it starts with <html>");
    REFUSES("a<body/>", "the whole text must stand in one <body>…</body> (at byte 0");
    REFUSES("<body/>a", "the whole text must stand in one <body>…</body> (at byte 7: \"a\")");
    REFUSES("<body/><body/>", "there must be exactly one <body> and nothing behind </body>");
    REFUSES("<body/><em>a</em>", "there must be exactly one <body> and nothing behind </body>");
    REFUSES("<body><body>a</body></body>", "there must be exactly one <body>");
    REFUSES("</body>", "</body> closes a tag that is not open");
    REFUSES("<body/></body>", "</body> closes a tag that is not open");
}

static void tags_are_closed_in_order(void)
{
    REFUSES("<body>", "<body> is never closed: write </body>");
    REFUSES("<body><em>a", "<em> is never closed: write </em>");
    REFUSES("<body><em>a</body>", "</body> comes where </em> must come first");
    REFUSES("<body><em><u>a</em></u></body>", "</em> comes where </u> must come first");
    TASK_REFUSES("<body><hr></body>", "</body> comes where </hr> must come first");
    TASK_REFUSES("<body><hr>", "<hr> is never closed: write </hr> or end it in />");
    REFUSES("<body><em", "the tag <em has no closing >");
    REFUSES("<body><em/ >a</body>", "a tag is broken here; it must end in > or />");
    REFUSES("<body></em", "a closing tag is broken here");
    REFUSES("<body></>", "a closing tag is broken here");
    REFUSES("<body></ em></body>", "a closing tag is broken here");
}

static void tags_do_not_nest_without_end(void)
{
    char text[4096] = "<body>";
    for (int i = 0; i < 63; i++)
        strcat(text, "<em>");
    for (int i = 0; i < 63; i++)
        strcat(text, "</em>");
    strcat(text, "</body>");
    ACCEPTS(text);
    strcpy(text, "<body>");
    for (int i = 0; i < 64; i++)
        strcat(text, "<em>");
    REFUSES(text, "tags are nested too deeply");
}

static void text_is_escaped_as_xml(void)
{
    ACCEPTS("<body>&amp; &lt; &gt; &quot; &apos; &#160; &#xA0; &#x1F600; &#9;</body>");
    REFUSES("<body>R&D</body>", "a plain & must be written &amp; (at byte 7: \"&D</body>\")");
    REFUSES("<body>a & b</body>", "a plain & must be written &amp;");
    REFUSES("<body>a &", "a plain & must be written &amp;");
    REFUSES("<body>&amp", "a plain & must be written &amp;");
    REFUSES("<body>&;</body>", "a plain & must be written &amp;");
    REFUSES("<body>&nbsp;</body>", "unknown entity: write the character itself");
    REFUSES("<body>&#0;</body>", "unknown entity");
    REFUSES("<body>&#x;</body>", "unknown entity");
    REFUSES("<body>&#;</body>", "unknown entity");
    REFUSES("<body>&#xD800;</body>", "unknown entity");
    REFUSES("<body>&#x110000;</body>", "unknown entity");
    REFUSES("<body>&#12a;</body>", "unknown entity");
    REFUSES("<body>1 < 2</body>", "a plain < must be written &lt; (at byte 8: \"< 2</body>\")");
    REFUSES("<body>a ]]> b</body>", "]]> must be written ]]&gt;");
    REFUSES("<body>a\x01</body>", "control characters are not allowed");
    REFUSES("<body>\xef\xbf\xbf</body>", "the characters U+FFFE and U+FFFF are not allowed");
}

static void declarations_and_comments_are_refused(void)
{
    REFUSES("<?xml version=\"1.0\"?><body/>", "comments, CDATA and declarations are not allowed");
    REFUSES("<!DOCTYPE body><body/>", "comments, CDATA and declarations are not allowed");
    REFUSES("<body><!-- a --></body>", "comments, CDATA and declarations are not allowed");
    REFUSES("<body><![CDATA[a]]></body>", "comments, CDATA and declarations are not allowed");
}

static void links_lead_somewhere(void)
{
    ACCEPTS("<body><a data-asana-gid=\"12\"/></body>");
    ACCEPTS("<body><a href = 'https://example.com' data-asana-type=\"task\" data-asana-gid=\"12\" "
            "data-asana-dynamic=\"false\" data-asana-accessible=\"true\">a</a></body>");
    REFUSES("<body><a>a</a></body>", "<a> needs href=\"https://…\" (a link) or data-asana-gid");
    REFUSES("<body><a data-asana-dynamic=\"false\">a</a></body>", "<a> needs href");
    REFUSES("<body><a data-asana-gid=\"me\"/></body>",
            "data-asana-gid takes the digits of an ID, got \"me\"");
    REFUSES("<body><a data-asana-gid=\"\"/></body>", "data-asana-gid takes the digits of an ID");
    REFUSES("<body><a href=\"x\" onclick=\"y\">a</a></body>",
            "attribute \"onclick\" on <a> is not allowed");
    REFUSES("<body><a href=\"x\" data-asana-=\"y\">a</a></body>",
            "attribute \"data-asana-\" on <a> is not allowed");
}

static void attributes_are_well_formed(void)
{
    REFUSES("<body class=\"x\"/>",
            "attribute \"class\" on <body> is not allowed; only <a> and <img>");
    REFUSES("<body><em style=\"x\">a</em></body>", "attribute \"style\" on <em> is not allowed");
    REFUSES("<body><a href=x>a</a></body>", "attribute values need quotes");
    REFUSES("<body><a href>a</a></body>", "an attribute needs a value");
    REFUSES("<body><a href=\"x", "an attribute value has no closing quote");
    REFUSES("<body><a href=\"x<\">a</a></body>",
            "inside an attribute value < must be written &lt;");
    REFUSES("<body><a href=\"?a=1&b=2\">a</a></body>", "a plain & must be written &amp;");
    REFUSES("<body><a href=\"x\" href=\"y\">a</a></body>", "an attribute is given twice");
    REFUSES("<body><a href=\"x\"data-asana-gid=\"1\">a</a></body>", "a tag is broken here");
    REFUSES("<body><a =\"x\">a</a></body>", "a tag is broken here");
    REFUSES("<body><a <em>a</em></body>", "a tag is broken here");
    TASK_REFUSES(
        "<body><img a=\"\" b=\"\" c=\"\" d=\"\" e=\"\" f=\"\" g=\"\" h=\"\" i=\"\" j=\"\" k=\"\" "
        "l=\"\" m=\"\" n=\"\" o=\"\" p=\"\" q=\"\"/></body>",
        "too many attributes on one tag");
}

static void refusals_show_little_and_nothing_hidden(void)
{
    REFUSES("<body>& 0123456789012345678901234567890123456789</body>",
            "a plain & must be written &amp; (at byte 6: \"& "
            "01234567890123456789012345678901234567\")");
    REFUSES("<body>&\n\x1b</body>", "a plain & must be written &amp; (at byte 6: \"&\")");
    REFUSES(
        "<body>& 0123456789012345678901234567890123456é</body>",
        "a plain & must be written &amp; (at byte 6: \"& 0123456789012345678901234567890123456\")");
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite s = CU_add_suite("richtext", NULL, NULL);
    ADD(s, every_allowed_tag_passes);
    ADD(s, the_tags_of_tasks_are_refused_elsewhere);
    ADD(s, other_tags_are_named_with_a_cure);
    ADD(s, there_is_one_body);
    ADD(s, tags_are_closed_in_order);
    ADD(s, tags_do_not_nest_without_end);
    ADD(s, text_is_escaped_as_xml);
    ADD(s, declarations_and_comments_are_refused);
    ADD(s, links_lead_somewhere);
    ADD(s, attributes_are_well_formed);
    ADD(s, refusals_show_little_and_nothing_hidden);
    return run_suites();
}
