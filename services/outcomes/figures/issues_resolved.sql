-- id: issues_resolved
-- name_zh: 办结问题
-- name_en: Issues resolved
-- unit: 件
-- member: issue
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: voided
-- base_reasons:
-- splits: kind = wages, contract, rights, safety, skills, health, family, housing, other
-- details: days
-- rule_zh: 期内办结的问题，不论何时受理；办结晚的仍算办结，另列天数。
-- rule_en: Issues resolved in the window, whenever they were opened; resolved late is still
--   resolved, and the days are shown.

-- 0 a version, 1 voided
WITH set_aside AS MATERIALIZED (
    SELECT x.log, x.idx,
           MIN(CASE WHEN g.superseded = 1 OR EXISTS (
               SELECT 1 FROM issue_opened later
               WHERE later.subject = x.subject AND later.log || '' = x.log
                 AND later.idx > x.idx AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log)
           ) THEN 0 ELSE 1 END) AS rank
    FROM gone g
    CROSS JOIN issue_opened x
    WHERE x.log = g.log AND x.idx = g.entry
    GROUP BY x.log, x.idx
),
resolved AS (
    SELECT x.log, x.subject, MIN(x.resolved_day) AS resolved_day
    FROM issue_resolved x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND x.resolved_day BETWEEN COALESCE(CAST(:from_day AS INTEGER), x.resolved_day) AND :to_day
    GROUP BY x.log, x.subject
)
SELECT x.subject AS key, COALESCE(m.root, x.person) AS person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN u.rank = 1 THEN 0 ELSE 1 END AS counted,
       CASE WHEN u.rank = 1 THEN 'voided' END AS reason, x.log, x.idx,
       x.kind, r.resolved_day - x.opened_day AS days
FROM resolved r
CROSS JOIN issue_opened x
LEFT JOIN set_aside u ON u.idx = x.idx AND u.log = x.log
LEFT JOIN merged m ON m.person = x.person
WHERE x.subject = r.subject AND x.log || '' = r.log
  AND x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
  AND COALESCE(u.rank, 9) > 0
  AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
  AND substr(x.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
