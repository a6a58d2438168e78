-- id: skill_files
-- name_zh: 技能档案
-- name_en: Skill files
-- unit: 份
-- member: skill file
-- kind: stock
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, to
-- exclusions: voided
-- base_reasons:
-- rule_zh: 截止日或之前建立的个人技能档案。
-- rule_en: Personal skill files opened on or before `to`.

-- 0 a version, 1 voided
WITH set_aside AS MATERIALIZED (
    SELECT x.log, x.idx,
           MIN(CASE WHEN g.superseded = 1 OR EXISTS (
               SELECT 1 FROM skill_file_opened later
               WHERE later.person = x.person AND later.subject = x.subject AND later.log || '' = x.log
                 AND later.idx > x.idx AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log)
           ) THEN 0 ELSE 1 END) AS rank
    FROM gone g
    CROSS JOIN skill_file_opened x
    WHERE x.log = g.log AND x.idx = g.entry
    GROUP BY x.log, x.idx
)
SELECT x.subject AS key, COALESCE(m.root, x.person) AS person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN u.rank = 1 THEN 0 ELSE 1 END AS counted,
       CASE WHEN u.rank = 1 THEN 'voided' END AS reason, x.log, x.idx
FROM skill_file_opened x
LEFT JOIN set_aside u ON u.idx = x.idx AND u.log = x.log
LEFT JOIN merged m ON m.person = x.person
WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
  AND COALESCE(u.rank, 9) > 0
  AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
  AND substr(x.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
  AND x.opened_day <= :to_day
