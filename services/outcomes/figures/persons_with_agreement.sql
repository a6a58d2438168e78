-- id: persons_with_agreement
-- name_zh: 签订就业意向协议人数
-- name_en: Persons with an intent agreement
-- unit: 人
-- member: person
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: all_excluded
-- base_reasons:
-- beside: agreements 份
-- rule_zh: 至少有一份计入的就业意向协议的人，按人去重。
-- rule_en: Persons with at least one counted intent agreement; the rule of agreements_signed
--   decides which count.
WITH ranked AS (
    SELECT i.log, i.idx, i.person, i.reason,
           ROW_NUMBER() OVER (PARTITION BY i.person
                              ORDER BY CASE WHEN i.reason IS NULL THEN 1 ELSE 2 END,
                                       i.recorded, i.log, i.idx) AS place,
           SUM(CASE WHEN i.reason IS NULL THEN 1 ELSE 0 END) OVER (PARTITION BY i.person) AS agreements
    FROM intents i
)
SELECT r.person AS key, r.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN r.reason IS NULL THEN 1 ELSE 0 END AS counted,
       CASE WHEN r.reason IS NOT NULL THEN 'all_excluded' END AS reason, r.log, r.idx,
       r.agreements
FROM ranked r
WHERE r.place = 1
