"""Whose a matched record is, and whether that may be told, asked by the linker's account."""

# Whoever is not in `identity_record` (sealed, or no longer in their agency's files) is nobody to
# match. `open`: no restriction lies on anybody of the identity, which closes the way from one
# agency to another, so that governance may have it told that their agency knows somebody.
STANDING_OF = """
CREATE FUNCTION wp_matched(people bigint[])
RETURNS TABLE (person_id bigint, agency text, open boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$ SELECT r.record_id, g.code::text,
          NOT EXISTS (SELECT 1 FROM wp_identity_standing(r.record_id) s WHERE s.closed)
     FROM identity_record r JOIN agencies_agency g ON g.id = r.agency_id
    WHERE wp_reach() = 'link' AND r.record_id = ANY (people) $$
"""
