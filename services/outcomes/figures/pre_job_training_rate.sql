-- id: pre_job_training_rate
-- name_zh: 岗前培训率
-- name_en: Trained before the start
-- unit: %
-- member: counted start
-- kind: flow
-- measure: rate
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: missing
-- base_reasons: missing
-- rule_zh: 计入的上岗中，上岗当日或之前在同一项目已有合格结业的比例；结业不受起始日期和地区限制。
-- rule_en: Counted starts of persons who had passed a class of the same programme on or before the start,
--   whenever and wherever that was.

WITH passed AS (
    SELECT x.programme, COALESCE(m.root, x.person) AS person, MIN(x.ended_day) AS passed_day
    FROM training_ended x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND x.result = 'passed' AND x.ended_day <= :to_day
    GROUP BY x.programme, COALESCE(m.root, x.person)
)
SELECT s.subject AS key, s.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN p.passed_day <= s.started_day THEN 1 ELSE 0 END AS counted,
       CASE WHEN p.passed_day <= s.started_day THEN NULL ELSE 'missing' END AS reason, s.log, s.idx
FROM starts s
LEFT JOIN passed p ON p.person = s.person AND p.programme = s.programme
WHERE s.reason IS NULL
