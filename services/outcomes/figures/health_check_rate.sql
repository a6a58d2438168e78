-- id: health_check_rate
-- name_zh: 上岗体检率
-- name_en: Health check before the start
-- unit: %
-- member: counted start
-- kind: flow
-- measure: rate
-- grade: evidenced
-- version: 2
-- parameters: programme, region, from, to
-- exclusions: missing
-- base_reasons: missing
-- rule_zh: 计入的上岗中，上岗前 365 天内（含当日）在同一项目有体检合格记录的比例；体检不受起始日期和地区限制。
-- rule_en: Counted starts of persons who had passed a health check of the same programme in the 365 days before
--   the start or on its day, wherever that was.

WITH checks AS MATERIALIZED (
    SELECT x.programme, COALESCE(m.root, x.person) AS person, x.checked_day
    FROM health_check_passed x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND x.checked_day <= :to_day
),
counted_starts AS (
    SELECT s.log, s.idx, s.subject, s.programme, s.person, s.started_day FROM starts s WHERE s.reason IS NULL
),
checked AS (
    SELECT DISTINCT s.log, s.idx
    FROM counted_starts s
    CROSS JOIN checks c
    WHERE c.person = s.person AND c.programme = s.programme
      AND c.checked_day BETWEEN s.started_day - 365 AND s.started_day
)
SELECT s.subject AS key, s.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN c.idx IS NULL THEN 0 ELSE 1 END AS counted,
       CASE WHEN c.idx IS NULL THEN 'missing' END AS reason, s.log, s.idx
FROM counted_starts s
LEFT JOIN checked c ON c.idx = s.idx AND c.log = s.log
