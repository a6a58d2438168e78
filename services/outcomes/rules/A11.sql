-- id: A11
-- name_zh: 学时超出班期
-- name_en: More hours than the class has days for
-- version: 1
-- source: 交口 (Jiaokou) audit of training subsidies
-- thresholds: daily_hours = 8 每日学时上限 | hours that one day can hold
-- cases: too_many E
-- zh.too_many: {class_no} 班自 {enrolled_on} 至 {ended_on} 共 {days} 天，每天最多 {daily_hours} 学时，却记 {hours} 学时
-- en.too_many: class {class_no} ran {days} days, {enrolled_on} to {ended_on}, at most {daily_hours} hours each, and
--   {hours} hours are stated
-- facts: class_no, enrolled_on, ended_on, days, hours
-- figures: training_completions, training_hours
-- rule_zh: 学时多于（结业日期 − 入班日期 + 1）× 每日学时上限。
-- rule_en: Hours exceed (last day − first day + 1) × daily_hours.

SELECT t.subject AS key, t.person, t.programme, t.region, 'too_many' AS finding, t.end_log AS log, t.end_idx AS idx,
       t.log AS log2, t.idx AS idx2, t.class_no, t.enrolled_on, t.ended_on,
       t.ended_day - t.enrolled_day + 1 AS days, t.hours_tenths / 10 AS hours
FROM live_trainings t
WHERE t.ended_day >= t.enrolled_day
  AND t.hours_tenths > (t.ended_day - t.enrolled_day + 1) * :daily_hours * 10
