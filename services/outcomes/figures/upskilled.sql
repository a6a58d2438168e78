-- id: upskilled
-- name_zh: 提升培训人次
-- name_en: Upskilling
-- unit: 人次
-- member: further training
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: voided
-- base_reasons:
-- rule_zh: 期内在岗人员参加的提升培训。
-- rule_en: Further training that working persons went to in the window, as learned on visits.

-- 0 a version, 1 voided
WITH set_aside AS MATERIALIZED (
    SELECT x.log, x.idx,
           MIN(CASE WHEN g.superseded = 1 OR EXISTS (
               SELECT 1 FROM upskilling_taken later
               WHERE later.person = x.person AND later.subject = x.subject AND later.log || '' = x.log
                 AND later.idx > x.idx AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log)
           ) THEN 0 ELSE 1 END) AS rank
    FROM gone g
    CROSS JOIN upskilling_taken x
    WHERE x.log = g.log AND x.idx = g.entry
    GROUP BY x.log, x.idx
)
SELECT x.subject AS key, COALESCE(m.root, x.person) AS person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN u.rank = 1 THEN 0 ELSE 1 END AS counted,
       CASE WHEN u.rank = 1 THEN 'voided' END AS reason, x.log, x.idx
FROM upskilling_taken x
LEFT JOIN set_aside u ON u.idx = x.idx AND u.log = x.log
LEFT JOIN merged m ON m.person = x.person
WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
  AND COALESCE(u.rank, 9) > 0
  AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
  AND substr(x.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
  AND x.trained_day BETWEEN COALESCE(CAST(:from_day AS INTEGER), x.trained_day) AND :to_day
