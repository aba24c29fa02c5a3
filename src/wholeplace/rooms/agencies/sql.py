"""SQL functions that row security policies are made of."""

SETTING = """
CREATE FUNCTION wp_{name}() RETURNS {type} LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('wholeplace.{name}', true), '')::{type} $$
"""

ENTER = """
CREATE FUNCTION wp_enter(the_membership bigint, the_purpose text, the_route text)
RETURNS TABLE (agency_id bigint, user_id bigint, person_id bigint, role text, reach text,
               classes text[], rights text[])
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public AS
$$
DECLARE m record;
BEGIN
    SELECT x.id, x.agency_id, x.user_id, x.person_id, r.code, r.reach, r.classes, r.rights
      INTO m
      FROM agencies_membership x
      JOIN agencies_role r ON r.code = x.role_id
      JOIN agencies_user u ON u.id = x.user_id
     WHERE x.id = the_membership AND u.is_active
       AND x.valid_from <= current_date AND (x.valid_to IS NULL OR x.valid_to >= current_date);
    IF NOT FOUND THEN RETURN; END IF;
    PERFORM set_config('wholeplace.membership', m.id::text, true),
            set_config('wholeplace.agency', m.agency_id::text, true),
            set_config('wholeplace.user', m.user_id::text, true),
            set_config('wholeplace.person', coalesce(m.person_id::text, ''), true),
            set_config('wholeplace.reach', m.reach, true),
            set_config('wholeplace.classes', m.classes::text, true),
            set_config('wholeplace.rights', m.rights::text, true),
            set_config('wholeplace.purpose', the_purpose, true),
            set_config('wholeplace.route', the_route, true);
    RETURN QUERY SELECT m.agency_id, m.user_id, m.person_id, m.code::text, m.reach::text,
                        m.classes::text[], m.rights::text[];
END
$$
"""

SEES = """
CREATE FUNCTION wp_sees(class text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT class = ANY (
       coalesce(nullif(current_setting('wholeplace.classes', true), ''), '{}')::text[]) $$
"""

CAN = """
CREATE FUNCTION wp_can(an_action text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT an_action = ANY (
       coalesce(nullif(current_setting('wholeplace.rights', true), ''), '{}')::text[]) $$
"""

REFUSE = """
CREATE FUNCTION wp_refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$
"""


def statements() -> list[str]:
    """Every function, in the order in which they can be created."""
    settings = [
        ("membership", "bigint"),
        ("agency", "bigint"),
        ("user", "bigint"),
        ("person", "bigint"),
        ("reach", "text"),
        ("purpose", "text"),
        ("route", "text"),
    ]
    return [SETTING.format(name=n, type=t) for n, t in settings] + [ENTER, SEES, CAN, REFUSE]
