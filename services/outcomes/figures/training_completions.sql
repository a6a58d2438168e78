-- id: training_completions
-- name_zh: 结业人次
-- name_en: Training completions
-- unit: 人次
-- member: completion (class and person)
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: voided, duplicate_class, failed, withdrawn
-- base_reasons:
-- rule_zh: 期内结业（班级×人）且合格。同一项目中同班同人被多家登记的，只认最早登记的一条。
-- rule_en: Completions (class and person) in the window that were passed. Of one class and person
--   stated by several agencies for one programme, the first recorded counts.

SELECT c.subject AS key, c.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN c.reason IS NULL THEN 1 ELSE 0 END AS counted, c.reason, c.log, c.idx
FROM completions c
