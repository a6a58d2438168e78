-- id: A10
-- name_zh: 同一人同时在两个班
-- name_en: One person in two classes at once
-- version: 1
-- source: CAG; training audits
-- cases: overlap E
-- zh.overlap: {class_no} 班（{enrolled_on} 开始）与 {other_class_no} 班（{other_enrolled_on} 至 {other_ended_on}）时间重叠
-- en.overlap: class {class_no}, from {enrolled_on}, overlaps class {other_class_no}, {other_enrolled_on} to
--   {other_ended_on}
-- facts: class_no, enrolled_on, other_class_no, other_enrolled_on, other_ended_on
-- figures: training_completions, persons_trained
-- rule_zh: 同一人的两个班（线上班除外）起止时间重叠一天以上；同一班由多个单位上报的不算。
-- rule_en: The periods of two classes of one person, online classes apart, share more than a day. One class that
--   several agencies state does not overlap itself.

WITH stated AS (
    SELECT t.subject, t.person, t.programme, t.region, t.log, t.idx, t.class_no, t.enrolled_on, t.enrolled_day,
           t.ended_on, t.until_day,
           ROW_NUMBER() OVER (PARTITION BY t.person, t.programme, t.class_no ORDER BY t.recorded, t.log, t.idx) AS copy
    FROM live_classroom t
    WHERE COALESCE(t.class_kind, '') <> 'online'
),
classes AS (
    SELECT c.subject, c.person, c.programme, c.region, c.log, c.idx, c.class_no, c.enrolled_on, c.enrolled_day,
           c.ended_on, c.until_day,
           ROW_NUMBER() OVER (PARTITION BY c.person ORDER BY c.enrolled_day, c.log, c.idx) AS nth
    FROM stated c
    WHERE c.copy = 1
),
-- of the classes begun before, the one that lasts longest: its last day * 2^20 + its number
followed AS (
    SELECT c.subject, c.person, c.programme, c.region, c.log, c.idx, c.class_no, c.enrolled_on, c.enrolled_day,
           MAX(c.until_day * 1048576 + c.nth) OVER (PARTITION BY c.person ORDER BY c.nth
                                                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS longest
    FROM classes c
)
SELECT f.subject AS key, f.person, f.programme, f.region, 'overlap' AS finding, f.log, f.idx,
       o.log AS log2, o.idx AS idx2, f.class_no, f.enrolled_on,
       o.class_no AS other_class_no, o.enrolled_on AS other_enrolled_on, o.ended_on AS other_ended_on
FROM followed f
JOIN classes o ON o.person = f.person AND o.nth = f.longest % 1048576
WHERE f.enrolled_day < f.longest / 1048576
