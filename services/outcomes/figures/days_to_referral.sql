-- id: days_to_referral
-- name_zh: 结业到推荐天数
-- name_en: Days from completion to referral
-- unit: 天
-- member: counted completion
-- kind: flow
-- measure: median
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: not_referred
-- base_reasons:
-- rule_zh: 计入的结业到其后 60 天内首次推荐的天数，取中位数（四舍五入到天）；没有推荐的单列。
-- rule_en: Median of the days from counted completions to the first referral within 60 days, half up; those
--   without one are left aside.

SELECT c.subject AS key, c.person, c.days AS value,
       CASE WHEN c.days IS NULL THEN 0 ELSE 1 END AS counted,
       CASE WHEN c.days IS NULL THEN 'not_referred' END AS reason, c.log, c.idx
FROM completions_referred c
