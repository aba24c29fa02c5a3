"""What trawls ask of the database itself."""

# How many of those found the reader may see. Row security would ask it of every finding (14
# seconds for fifty trawls of 50,000 people); here those whom it hides are taken from what the
# trawl kept. Of a run's own agency it hides restricted people and nobody else: findings are put
# of people whom the agency sees, and who sees whom is never taken back.
SEEN = """
CREATE FUNCTION schemes_seen(the_runs bigint[])
RETURNS TABLE (run_id bigint, answer text, people bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$
    WITH hidden AS (
        SELECT f.run_id, f.answer, count(*) AS people
          FROM people_person p JOIN schemes_finding f ON f.person_id = p.id
         WHERE p.restricted AND wp_reach() = 'agency' AND f.run_id = ANY (the_runs)
           AND NOT EXISTS (
               SELECT 1 FROM people_restrictiongrant g
                WHERE g.person_id = p.id AND g.membership_id = wp_membership()
                  AND g.valid_from <= current_date
                  AND (g.valid_to IS NULL OR g.valid_to >= current_date))
         GROUP BY f.run_id, f.answer)
    SELECT r.id, kept.answer, kept.people - coalesce(hidden.people, 0)
      FROM schemes_trawlrun r
     CROSS JOIN LATERAL (VALUES ('yes', r.yes), ('possible', r.possible)) kept(answer, people)
      LEFT JOIN hidden ON hidden.run_id = r.id AND hidden.answer = kept.answer
     WHERE r.id = ANY (the_runs) AND r.state = 'whole' AND r.agency_id = wp_agency()
       AND wp_reach() IN ('agency', 'load') AND wp_can('trawl.read') AND wp_sees('P3')
$$
"""
