-- id: A02
-- name_zh: 同一人重复参训
-- name_en: One person trained again too soon
-- version: 1
-- source: PIRL duplicates, E1015
-- thresholds: gap_days = 90 再次参训间隔（天） | days between two trainings
-- cases: too_soon E, same_class W
-- zh.too_soon: {enrolled_on} 入 {class_no} 班，距同工种 {other_class_no} 班合格结业（{other_ended_on}）不足 {gap_days} 天
-- en.too_soon: joined class {class_no} on {enrolled_on}, less than {gap_days} days after passing class
--   {other_class_no} of the same occupation on {other_ended_on}
-- zh.same_class: {class_no} 班同一人登记两次（不同单位或合并前的两个编号）
-- en.same_class: class {class_no} holds this person twice, by two agencies or under two references
-- facts: class_no, enrolled_on, other_class_no, other_ended_on
-- figures: persons_trained, training_completions
-- rule_zh: 同一项目、同一工种的岗前培训，合格后不足 gap_days 天又入班；或同一班同一人登记两次。
-- rule_en: Of one programme and occupation, a pre-job class joined less than gap_days after passing another; or one
--   class that holds a person twice.

WITH stated AS (
    SELECT t.subject, t.person, t.programme, t.region, t.log, t.idx, t.class_no, t.enrolled_on, t.enrolled_day,
           t.ended_on, t.until_day, t.result, t.occupation, t.class_kind,
           ROW_NUMBER() OVER same_class AS copy, FIRST_VALUE(t.log) OVER same_class AS first_log,
           FIRST_VALUE(t.idx) OVER same_class AS first_idx
    FROM live_classroom t
    WINDOW same_class AS (PARTITION BY t.person, t.programme, t.class_no ORDER BY t.recorded, t.log, t.idx)
),
followed AS (
    SELECT c.subject, c.person, c.programme, c.region, c.log, c.idx, c.class_no, c.enrolled_on, c.enrolled_day,
           LAG(c.log) OVER trade AS log2, LAG(c.idx) OVER trade AS idx2, LAG(c.class_no) OVER trade AS other_class_no,
           LAG(c.ended_on) OVER trade AS other_ended_on, LAG(c.until_day) OVER trade AS other_until_day,
           LAG(c.result) OVER trade AS other_result
    FROM stated c
    WHERE c.copy = 1 AND c.occupation IS NOT NULL AND COALESCE(c.class_kind, 'pre_job') = 'pre_job'
    WINDOW trade AS (PARTITION BY c.person, c.programme, c.occupation ORDER BY c.enrolled_day, c.log, c.idx)
)
SELECT f.subject AS key, f.person, f.programme, f.region, 'too_soon' AS finding, f.log, f.idx, f.log2, f.idx2,
       f.class_no, f.enrolled_on, f.other_class_no, f.other_ended_on
FROM followed f
WHERE f.other_result = 'passed' AND f.enrolled_day < f.other_until_day + :gap_days
UNION ALL
SELECT s.subject, s.person, s.programme, s.region, 'same_class', s.log, s.idx, s.first_log, s.first_idx,
       s.class_no, s.enrolled_on, CAST(NULL AS TEXT), CAST(NULL AS TEXT)
FROM stated s
WHERE s.copy > 1
