-- id: activities_held
-- name_zh: 举办活动
-- name_en: Activities held
-- unit: 期
-- member: activity
-- kind: flow
-- measure: count
-- grade: attested
-- version: 1
-- parameters: programme, region, from, to, activity_kind, series
-- activity_kind: any 不限 (default) | competition 技能竞赛 | volunteering 志愿服务 | online_training 线上培训
--   | promotion 推介会 | childcare_class 托管班 | other 其他
-- series: any text
-- exclusions: voided
-- base_reasons:
-- splits: kind = competition, volunteering, online_training, promotion, childcare_class, other
-- details: series
-- rule_zh: 期内开始的活动，按类型分列；可用 activity_kind、series 指定类型、系列。活动由主办方自报。
-- rule_en: Activities begun in the window, by kind; `activity_kind` and `series` name one. They are as their organisers
--   state them.

SELECT a.subject AS key, CAST(NULL AS TEXT) AS person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN a.voided = 1 THEN 0 ELSE 1 END AS counted,
       CASE WHEN a.voided = 1 THEN 'voided' END AS reason, a.log, a.idx,
       a.kind, a.series
FROM activities a
WHERE a.kind = CASE CAST(:activity_kind AS TEXT) WHEN 'any' THEN a.kind ELSE CAST(:activity_kind AS TEXT) END
  AND COALESCE(a.series, '') = COALESCE(CAST(:series AS TEXT), a.series, '')
