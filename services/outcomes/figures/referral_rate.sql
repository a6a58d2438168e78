-- id: referral_rate
-- name_zh: 结业推荐率
-- name_en: Referred after completion
-- unit: %
-- member: counted completion
-- kind: flow
-- measure: rate
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: not_referred
-- base_reasons: not_referred
-- rule_zh: 计入的结业中，结业后 60 天内（含当日）在同一项目有推荐记录的比例。
-- rule_en: Counted completions followed by a referral of the same programme within 60 days.

SELECT c.subject AS key, c.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN c.days IS NULL THEN 0 ELSE 1 END AS counted,
       CASE WHEN c.days IS NULL THEN 'not_referred' END AS reason, c.log, c.idx
FROM completions_referred c
