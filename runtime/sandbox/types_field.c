#include "sandbox/types.h"

/* Custom fields: the field itself, its options, where it is used, and its value on one object. */
static const struct sb_field enum_option_fields[] = {
    { "gid", SB_SHOW_COMPACT, SB_GID, .sql = "o.gid" },
    { "resource_type", SB_SHOW_COMPACT, SB_TEXT, .sql = "'enum_option'" },
    { "name", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.name" },
    { "enabled", SB_SHOW_COMPACT, SB_BOOL, .sql = "o.enabled" },
    { "color", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.color" },
    { 0 },
};
const struct sb_type sb_enum_option_type = { "enum_option", "enum_option o", "o.gid",
                                             enum_option_fields };

static const struct sb_field custom_field_fields[] = {
    { "gid", SB_SHOW_COMPACT, SB_GID, .sql = "o.gid" },
    { "resource_type", SB_SHOW_COMPACT, SB_TEXT, .sql = "'custom_field'" },
    { "name", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.name" },
    { "resource_subtype", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.type" },
    { "type", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.type" },
    { "enum_options", SB_SHOW_COMPACT, SB_LIST,
      .sql = "SELECT e.gid FROM enum_option e WHERE e.field = ?1 ORDER BY e.position",
      .type = &sb_enum_option_type, .when = "o.type IN ('enum', 'multi_enum')" },
    { "enabled", SB_SHOW_COMPACT, SB_BOOL, .sql = "1" },
    { "representation_type", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.type" },
    { "id_prefix", SB_SHOW_FULL, SB_TEXT, .sql = "NULL" },
    { "is_formula_field", SB_SHOW_COMPACT, SB_BOOL, .sql = "0" },
    { "input_restrictions", SB_SHOW_ASKED, SB_JSON, .sql = "'[]'" },
    { "description", SB_SHOW_FULL, SB_TEXT, .sql = "o.description" },
    { "precision", SB_SHOW_FULL, SB_INT, .sql = "o.precision", .when = "o.type = 'number'" },
    { "format", SB_SHOW_FULL, SB_TEXT, .sql = "o.format", .when = "o.type = 'number'" },
    { "currency_code", SB_SHOW_FULL, SB_TEXT, .sql = "o.currency", .when = "o.type = 'number'" },
    { "custom_label", SB_SHOW_FULL, SB_TEXT, .sql = "o.label", .when = "o.type = 'number'" },
    { "custom_label_position", SB_SHOW_FULL, SB_TEXT, .sql = "o.label_position",
      .when = "o.type = 'number'" },
    { "is_global_to_workspace", SB_SHOW_FULL, SB_BOOL, .sql = "o.is_global" },
    { "has_notifications_enabled", SB_SHOW_FULL, SB_BOOL, .sql = "0" },
    { "asana_created_field", SB_SHOW_FULL, SB_TEXT, .sql = "NULL" },
    { "is_value_read_only", SB_SHOW_FULL, SB_BOOL, .sql = "o.locked" },
    { "created_by", SB_SHOW_FULL, SB_REF, .sql = "o.created_by", .type = &sb_user_type },
    { "privacy_setting", SB_SHOW_FULL, SB_TEXT, .sql = "'public_with_guests'" },
    { "default_access_level", SB_SHOW_FULL, SB_TEXT, .sql = "'user'" },
    { 0 },
};
const struct sb_type sb_custom_field_type = { "custom_field", "custom_field o", "o.gid",
                                              custom_field_fields };

static const struct sb_field field_value_fields[] = {
    { "gid", SB_SHOW_COMPACT, SB_GID, .sql = "o.gid" },
    { "resource_type", SB_SHOW_COMPACT, SB_TEXT, .sql = "'custom_field'" },
    { "name", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.name" },
    { "resource_subtype", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.type" },
    { "type", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.type" },
    { "enum_options", SB_SHOW_COMPACT, SB_LIST,
      .sql = "SELECT e.gid FROM enum_option e WHERE e.field = (SELECT field FROM field_value WHERE "
             "id = "
             "?1) ORDER BY e.position",
      .type = &sb_enum_option_type, .when = "o.type IN ('enum', 'multi_enum')" },
    { "enabled", SB_SHOW_COMPACT, SB_BOOL, .sql = "1" },
    { "representation_type", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.type" },
    { "id_prefix", SB_SHOW_FULL, SB_TEXT, .sql = "NULL" },
    { "is_formula_field", SB_SHOW_COMPACT, SB_BOOL, .sql = "0" },
    { "input_restrictions", SB_SHOW_ASKED, SB_JSON, .sql = "'[]'" },
    { "date_value", SB_SHOW_COMPACT, SB_JSON,
      .sql = "CASE WHEN v.date IS NOT NULL THEN json_object('date', v.date, 'date_time', CASE WHEN "
             "v.date_time IS NOT NULL THEN strftime('%Y-%m-%dT%H:%M:%S.000Z', v.date_time / 1000, "
             "'unixepoch') END) END",
      .when = "o.type = 'date'" },
    { "enum_value", SB_SHOW_COMPACT, SB_REF, .sql = "v.option", .type = &sb_enum_option_type,
      .when = "o.type = 'enum'" },
    { "multi_enum_values", SB_SHOW_COMPACT, SB_LIST,
      .sql = "SELECT ref FROM field_choice WHERE value = ?1 ORDER BY position",
      .type = &sb_enum_option_type, .when = "o.type = 'multi_enum'" },
    { "number_value", SB_SHOW_COMPACT, SB_NUM, .sql = "v.number", .when = "o.type = 'number'" },
    { "text_value", SB_SHOW_COMPACT, SB_TEXT, .sql = "v.text", .when = "o.type = 'text'" },
    { "people_value", SB_SHOW_COMPACT, SB_LIST,
      .sql = "SELECT ref FROM field_choice WHERE value = ?1 ORDER BY position",
      .type = &sb_user_type, .when = "o.type = 'people'" },
    { "display_value", SB_SHOW_COMPACT, SB_TEXT, .sql = "v.display" },
    { "description", SB_SHOW_ASKED, SB_TEXT, .sql = "o.description" },
    { "precision", SB_SHOW_FULL, SB_INT, .sql = "o.precision", .when = "o.type = 'number'" },
    { "format", SB_SHOW_FULL, SB_TEXT, .sql = "o.format", .when = "o.type = 'number'" },
    { "currency_code", SB_SHOW_FULL, SB_TEXT, .sql = "o.currency", .when = "o.type = 'number'" },
    { "custom_label", SB_SHOW_FULL, SB_TEXT, .sql = "o.label", .when = "o.type = 'number'" },
    { "custom_label_position", SB_SHOW_FULL, SB_TEXT, .sql = "o.label_position",
      .when = "o.type = 'number'" },
    { "is_global_to_workspace", SB_SHOW_FULL, SB_BOOL, .sql = "o.is_global" },
    { "has_notifications_enabled", SB_SHOW_FULL, SB_BOOL, .sql = "0" },
    { "asana_created_field", SB_SHOW_FULL, SB_TEXT, .sql = "NULL" },
    { "is_value_read_only", SB_SHOW_FULL, SB_BOOL, .sql = "o.locked" },
    { "created_by", SB_SHOW_FULL, SB_REF, .sql = "o.created_by", .type = &sb_user_type },
    { "privacy_setting", SB_SHOW_FULL, SB_TEXT, .sql = "'public_with_guests'" },
    { "default_access_level", SB_SHOW_FULL, SB_TEXT, .sql = "'user'" },
    { 0 },
};
const struct sb_type sb_field_value_type = { "custom_field",
                                             "field_value v JOIN custom_field o ON o.gid = v.field",
                                             "v.id", field_value_fields };

static const struct sb_field field_setting_fields[] = {
    { "gid", SB_SHOW_COMPACT, SB_GID, .sql = "o.gid" },
    { "resource_type", SB_SHOW_COMPACT, SB_TEXT, .sql = "'custom_field_setting'" },
    { "custom_field", SB_SHOW_COMPACT, SB_REF, .sql = "o.field", .type = &sb_custom_field_type,
      .deep = true },
    { "is_important", SB_SHOW_COMPACT, SB_BOOL, .sql = "o.is_important" },
    { "parent", SB_SHOW_COMPACT, SB_REF, .sql = "o.parent" },
    { "project", SB_SHOW_COMPACT, SB_REF, .sql = "o.parent" },
    { 0 },
};
const struct sb_type sb_field_setting_type = { "custom_field_setting", "field_setting o", "o.gid",
                                               field_setting_fields };
